import { base64pad } from 'multiformats/bases/base64'
import { isPlainObject } from '../conversation/json-value'
import type { Conversation, Message, MessagePart } from '../conversation/types'
import { InvalidInputError } from '../errors/input-errors'
import type { SourceConversation } from './source'

/** Marks this SDK's own JSON; described in docs/guides/export-and-import.md. */
const FORMAT = 's5-conversation'
const FORMAT_VERSION = 1

/** One line of JSON that says all of a conversation. The messages come last, so that they can be read one by one. */
export function toOwnJson({ messages, ...fields }: Conversation): string {
  const named = { format: FORMAT, formatVersion: FORMAT_VERSION, ...fields }
  return JSON.stringify({ ...named, messages: messages.map(withTextOfBytes) })
}

/**
 * What a record in our JSON says besides its messages. One without a format mark may be anything that
 * `saveConversation` takes.
 * @throws InvalidInputError
 */
export function readOwnRecord(record: Record<string, unknown>): SourceConversation {
  const { format, formatVersion, messages, ...fields } = record
  if (format !== undefined && format !== FORMAT) throw new InvalidInputError('format', `is not ${FORMAT}`)
  if (formatVersion !== undefined && formatVersion !== FORMAT_VERSION) {
    throw new InvalidInputError('formatVersion', `${String(formatVersion)} is not known to this SDK`)
  }
  if (!Array.isArray(messages)) throw new InvalidInputError('messages', 'must be a list')
  return { ...fields, messages }
}

/** A message in our JSON as `parseMessage` takes it. @throws InvalidInputError */
export function readOwnMessage(message: unknown): unknown {
  if (!isPlainObject(message) || !Array.isArray(message.content)) return message
  return { ...message, content: message.content.map(readPart) }
}

function withTextOfBytes(message: Message): unknown {
  if (typeof message.content === 'string') return message
  return { ...message, content: message.content.map(writePart) }
}

function writePart(part: MessagePart): unknown {
  if (part.type !== 'file' || part.data === undefined) return part
  return { ...part, data: base64pad.baseEncode(part.data) }
}

function readPart(part: unknown): unknown {
  if (!isPlainObject(part) || part.type !== 'file' || typeof part.data !== 'string') return part
  try {
    return { ...part, data: base64pad.baseDecode(part.data) }
  } catch {
    throw new InvalidInputError('content.data', 'is not base64')
  }
}
