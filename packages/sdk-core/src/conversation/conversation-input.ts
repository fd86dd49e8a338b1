import { InvalidInputError } from '../errors/input-errors'
import { isPlainObject, parseJsonObject, toWellFormedText } from './json-value'
import { type MessageDraft, optional, parseId, parseMessage, parseTime, refuseUnknownFields } from './message'
import { deriveMessageId } from './message-id'
import type { JsonValue, Message } from './types'

const FIELDS = ['id', 'messages', 'title', 'metadata', 'createdAt', 'updatedAt', 'version', 'messageCount']

/** A checked conversation: complete but for times the caller left out. */
export interface ConversationDraft {
  id: string
  messages: Message[]
  title?: string
  metadata: Record<string, JsonValue>
  createdAt?: number
}

/**
 * Checks a conversation from a caller. Messages without an id get one derived from conversation, position,
 * role and content; messages without a time get `now`. `given` are the messages without what was made up.
 * @throws InvalidInputError with the path of the first thing that is wrong.
 */
export function parseConversation(
  input: unknown,
  now: number,
): ConversationDraft & { given: MessageDraft[] } {
  if (!isPlainObject(input)) throw new InvalidInputError('conversation', 'must be a plain object')
  refuseUnknownFields(input, FIELDS, 'conversation')
  const id = parseId(input.id, 'conversation.id')
  if (!Array.isArray(input.messages)) throw new InvalidInputError('conversation.messages', 'must be an array')
  const drafts = input.messages.map((message, i) => parseMessage(message, `conversation.messages[${i}]`))
  return {
    id,
    given: drafts,
    messages: completeMessages(drafts, now, (draft, position) => deriveMessageId(id, position, draft)),
    metadata: input.metadata === undefined ? {} : parseJsonObject(input.metadata, 'conversation.metadata'),
    ...optional('title', input.title, parseTitle),
    ...optional('createdAt', input.createdAt, (time) => parseTime(time, 'conversation.createdAt')),
  }
}

/** Gives drafts their missing ids and times. @throws InvalidInputError where two have the same id. */
export function completeMessages(
  drafts: readonly MessageDraft[],
  now: number,
  createId: (draft: MessageDraft, position: number) => string,
): Message[] {
  const messages = drafts.map((draft, i) => ({
    ...draft,
    id: draft.id ?? createId(draft, i),
    createdAt: draft.createdAt ?? now,
  }))
  const seen = new Set<string>()
  for (const { id } of messages) {
    if (seen.has(id)) throw new InvalidInputError('messages', `two messages have the id ${id}`)
    seen.add(id)
  }
  return messages
}

export function parseTitle(value: unknown): string {
  if (typeof value !== 'string') throw new InvalidInputError('conversation.title', 'must be a string')
  return toWellFormedText(value)
}
