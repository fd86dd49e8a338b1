import { v7 } from 'uuid'
import { type DagValue, digestOf } from './codec'
import { contentOf, type MessageDraft } from './message'

/** A fresh UUIDv7 (RFC 9562): sorts by time, never met before. */
export function createMessageId(): string {
  return v7()
}

/**
 * The id of a message that came without one: a UUIDv8 (RFC 9562) over conversation, position, role and
 * content, so that saving the same object twice adds nothing.
 */
export function deriveMessageId(conversationId: string, position: number, message: MessageDraft): string {
  return toUuid(digestOf([conversationId, position, message.role, message.content as DagValue]))
}

/** The id of a message that came without one, in a call with an idempotency key. */
export function deriveKeyedMessageId(conversationId: string, key: string, position: number): string {
  return toUuid(digestOf(['keyed', conversationId, key, position]))
}

/** The fingerprint of what a message says, without its id and times. */
export function contentDigest(message: MessageDraft): string {
  return digestOf(contentOf(message))
}

/** A UUIDv8 of 16 bytes in hex. */
function toUuid(hex: string): string {
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0b0011) | 0b1000).toString(16)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-')
}
