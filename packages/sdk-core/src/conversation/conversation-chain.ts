import { type DagValue, digestOf } from './codec'
import { messageBody } from './record'
import type { Conversation } from './types'

/**
 * A fingerprint of what a conversation says: fields, then a chain in which each link covers the one before and one
 * message. Equal wherever the same conversation lies, whatever its versions are there.
 */
export function chainOf({ id, title, metadata, messages }: Conversation): string {
  const start = digestOf([id, title ?? null, metadata as DagValue])
  return messages.reduce((link, message) => digestOf([link, message.id, messageBody(message)]), start)
}
