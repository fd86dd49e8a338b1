import type { Head } from './head'
import { compareRecords, messageOf, type StoredRecord } from './record'
import { type ConversationState, knownRecords, registerValue } from './state'
import type { Conversation, JsonValue, Message } from './types'

/** Which messages of a conversation are asked for: all, or the last `limit` before the message `before`. */
export interface Page {
  limit?: number
  before?: string
  /** @default the current one */
  version?: number
}

/** What callers see of a state: live messages in order, fields without their history. */
export function toConversation({ head }: ConversationState, messages: readonly Message[]): Conversation {
  const title = registerValue(head.title ?? undefined)
  return structuredClone({
    id: head.id,
    ...(title === undefined ? {} : { title: title as string }),
    messages: [...messages],
    metadata: metadataOf(head),
    createdAt: head.createdAt,
    updatedAt: head.updatedAt,
    version: head.version,
    messageCount: head.messageCount,
  })
}

/** All live messages of a state whose segments were all read. */
export function allMessages(state: ConversationState): Message[] {
  return [...knownRecords(state).values()].sort(compareRecords).flatMap(toMessages)
}

/** The live messages of commits later than `version`. */
export function messagesSince(state: ConversationState, version: number): Message[] {
  const later = [...knownRecords(state).values()].filter((record) => record.version > version)
  return structuredClone(later.sort(compareRecords).flatMap(toMessages))
}

/**
 * The messages of a page, if the segments that were read settle it: no segment that was not read can hold a
 * message that belongs there. `undefined` if more must be read.
 */
export function pageOf(state: ConversationState, page: Page): Message[] | undefined {
  const unread = state.head.segments.filter(({ name }) => !state.sealed.has(name))
  const horizon = unread.reduce((greatest, { lastOrder }) => Math.max(greatest, lastOrder), -1)
  const records = [...knownRecords(state).values()].sort(compareRecords)
  const end = page.before === undefined ? records.length : records.findIndex(({ id }) => id === page.before)
  if (end === -1) return unread.length === 0 ? [] : undefined
  const live = records.slice(0, end).filter((record) => record.deleted !== true)
  const wanted = live.slice(-Math.min(page.limit ?? live.length, live.length))
  const isSettled = unread.length === 0 || (wanted.length === page.limit && (wanted[0]?.order ?? 0) > horizon)
  return isSettled ? wanted.flatMap(toMessages) : undefined
}

function metadataOf(head: Head): Record<string, JsonValue> {
  const values = Object.entries(head.fields).flatMap(([name, register]) => {
    const value = registerValue(register)
    return value === undefined ? [] : [[name, value as JsonValue] as const]
  })
  return Object.fromEntries(values)
}

function toMessages(record: StoredRecord): Message[] {
  const message = messageOf(record)
  return message === undefined ? [] : [message]
}
