import { optional, parseId, parseMessage } from '../conversation/message'
import { createMessageId } from '../conversation/message-id'
import type { Message, MessageInput } from '../conversation/types'
import { IdempotencyKeyReusedError, InvalidInputError } from '../errors/input-errors'
import type { GenerateStep } from './generation'
import type { Tools } from './tools'

/** One message of a user, and how to answer it. */
export interface ConversationTurn {
  userId: string
  /** Set where the message came in a group: its members share one conversation. */
  groupChatId?: string
  /** Which conversation of the user's it belongs to. @default one for each user and each group */
  conversationId?: string
  text: string
  /** Names the delivery: delivered again it gives the first answer, and nothing is generated. */
  messageId?: string
  generate: GenerateStep
  /** @default none */
  tools?: Tools
  /** Ends the turn; once everything is generated and is being saved it does no more. */
  signal?: AbortSignal
  /** Gets each piece of text before any of it is saved. A listener that throws fails the turn. */
  onText?: (text: string) => void
}

/** A turn that is acknowledged. */
export interface TurnResult {
  conversationId: string
  /** What was answered; the question where a tool waits for a yes. */
  text: string
  /** Of all that the turn has said, in order; the first is the user's. */
  messageIds: string[]
  /** Whether the answer is that of an earlier delivery. */
  replayed: boolean
  /** Whether a tool call waits for the user's yes. */
  awaitsConfirmation: boolean
}

/** `group:<id>` for groups, `user:<id>` for direct messages. @throws InvalidInputError */
export function lockKeyOf({ userId, groupChatId }: ConversationTurn): string {
  const user = parseId(userId, 'turn.userId')
  if (groupChatId === undefined) return parseId(`user:${user}`, 'turn.userId')
  return parseId(`group:${parseId(groupChatId, 'turn.groupChatId')}`, 'turn.groupChatId')
}

/** The user's message. Its mark is new each time: a delivery that is saved twice says something else. @throws InvalidInputError */
export function openTurn({ userId, text, messageId }: ConversationTurn): MessageInput {
  if (typeof text !== 'string') throw new InvalidInputError('turn.text', 'must be a string')
  const message = {
    role: 'user',
    content: text,
    metadata: { turn: createMessageId(), userId },
    ...optional('id', messageId, (id) => parseId(id, 'turn.messageId')),
  }
  return parseMessage(message, 'turn.text')
}

/** Gives all messages of a turn its mark. */
export function markTurn([opening, ...rest]: readonly MessageInput[]): MessageInput[] {
  if (opening === undefined) return []
  const turn = opening.metadata?.turn ?? null
  return [opening, ...rest.map((message) => ({ ...message, metadata: { ...message.metadata, turn } }))]
}

/**
 * The turn that a delivery was answered in, if it was.
 * @throws IdempotencyKeyReusedError where its id is that of something else
 */
export function findTurn(messages: readonly Message[], turn: ConversationTurn): Message[] | undefined {
  const opening = messages.find(({ id }) => id === turn.messageId)
  if (opening === undefined) return undefined
  const mark = opening.metadata?.turn
  if (mark === undefined || opening.metadata?.userId !== turn.userId || opening.content !== turn.text) {
    throw new IdempotencyKeyReusedError('this messageId')
  }
  return messages.filter(({ metadata }) => metadata?.turn === mark)
}

/** What callers see of the messages of a turn. */
export function toTurnResult(
  conversationId: string,
  messages: readonly (MessageInput & { id: string })[],
  replayed: boolean,
): TurnResult {
  const last = messages.at(-1)
  return {
    conversationId,
    text: last?.role === 'assistant' && typeof last.content === 'string' ? last.content : '',
    messageIds: messages.map(({ id }) => id),
    replayed,
    awaitsConfirmation: last?.metadata?.pendingCalls !== undefined,
  }
}
