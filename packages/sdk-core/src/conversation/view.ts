import { compareRecords } from './record'
import type { ConversationState } from './state'
import type { Conversation, JsonValue, Message } from './types'

/** What callers see of a state: live messages in order, fields without their history. */
export function toConversation(state: ConversationState): Conversation {
  const { head, records } = state
  const messages = [...records.values()]
    .filter((record) => record.deleted !== true)
    .sort(compareRecords)
    .map((record) => ({ ...(record.body as unknown as Omit<Message, 'id'>), id: record.id }))
  const fields = Object.entries(head.fields).map(([name, [value]]) => [name, value as JsonValue])
  return structuredClone({
    id: head.id,
    ...(head.title === null ? {} : { title: head.title[0] as string }),
    messages,
    metadata: Object.fromEntries(fields) as Record<string, JsonValue>,
    createdAt: head.createdAt,
    updatedAt: head.updatedAt,
    version: head.version,
    messageCount: messages.length,
  })
}
