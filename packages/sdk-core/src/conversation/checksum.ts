import { type DagValue, digestOf } from './codec'
import { contentDigest } from './message-id'
import type { ConversationInput } from './types'

/**
 * A fingerprint of what a conversation says: title, metadata, and the messages in their order with their ids.
 * Times and versions are no part of it.
 */
export function checksumOf({ id, title, metadata = {}, messages }: ConversationInput): string {
  const said = messages.map((message) => [message.id ?? null, contentDigest(message)])
  return digestOf([id, title ?? null, metadata as DagValue, said])
}
