import type { ConversationChange, FieldChange, MessageIntent } from '../conversation/change'
import { createMessageId } from '../conversation/message-id'
import type { JsonValue, Message } from '../conversation/types'

/** When the messages of the suite were written unless a clause says otherwise, in ms since 1970. */
export const WRITTEN_AT = 1_700_000_000_000

/** What a change may say beside its messages. */
export type ChangeOptions = Partial<Omit<ConversationChange, 'kind' | 'messages'>>

export function message(id: string, rest: Partial<Message> = {}): Message {
  return { id, role: 'user', content: `text of ${id}`, createdAt: WRITTEN_AT, ...rest }
}

/** Messages with these ids, as a caller appends them that names ids. */
export function append(ids: readonly string[], options: ChangeOptions = {}): ConversationChange {
  return appendMessages(
    ids.map((id) => message(id)),
    options,
  )
}

export function appendMessages(
  messages: readonly Message[],
  options: ChangeOptions = {},
): ConversationChange {
  return { ...EMPTY, kind: 'append', messages: intend(messages, 'append'), ...options }
}

/** `count` messages whose ids were never met before. */
export function appendFresh(count: number, options: ChangeOptions = {}): ConversationChange {
  const ids = Array.from({ length: count }, createMessageId)
  return append(ids, { ids: 'fresh', ...options })
}

/** A whole conversation from a caller, and what its copies of stored messages mean. */
export function save(
  messages: readonly Message[],
  intent: MessageIntent,
  options: ChangeOptions = {},
): ConversationChange {
  return { ...EMPTY, kind: 'save', messages: intend(messages, intent), ...options }
}

export function overwrite(ids: readonly string[], options: ChangeOptions = {}): ConversationChange {
  const messages = ids.map((id) => message(id))
  return { ...EMPTY, kind: 'overwrite', messages: intend(messages, 'edit'), ...options }
}

/** Edits, deletions and fields of a conversation that exists. */
export function alter(options: ChangeOptions): ConversationChange {
  return { ...EMPTY, kind: 'alter', ids: 'fresh', ...options }
}

/** The whole conversation is to go. */
export function deletion(options: ChangeOptions = {}): ConversationChange {
  return { ...EMPTY, kind: 'delete', ids: 'fresh', ...options }
}

export function given(value: JsonValue): FieldChange {
  return { value, blind: false }
}

/** An idempotency key, and the fingerprint of what it is used for. */
export function keyed(key: number, input = key): Pick<ConversationChange, 'idempotency'> {
  return { idempotency: { key: new Uint8Array(16).fill(key), input: new Uint8Array(16).fill(input) } }
}

export function idsOf(changes: readonly ConversationChange[]): string[] {
  return changes.flatMap(({ messages }) => messages.map(({ message: { id } }) => id))
}

const EMPTY = { messages: [], fields: {}, ids: 'given' } as const

function intend(messages: readonly Message[], intent: MessageIntent) {
  return messages.map((each) => ({ message: each, intent }))
}
