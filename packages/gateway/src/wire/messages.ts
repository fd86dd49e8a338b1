import { InvalidInputError, type Message } from '@s5-conversations/sdk-core'
import { base64url } from 'jose'

/** Messages in JSON are as in the SDK, but for `data` of file parts: base64url text instead of bytes. */
export function messageToWire(message: Message): unknown {
  return { ...message, content: contentToWire(message.content) }
}

/** Turns texts of file parts into bytes; all else is left for the SDK to check. @throws InvalidInputError */
export function messageFromWire(value: unknown): unknown {
  if (!isObject(value)) return value
  return { ...value, content: contentFromWire(value.content) }
}

export function contentToWire(content: Message['content']): unknown {
  if (typeof content === 'string') return content
  return content.map((part) =>
    part.type === 'file' && part.data !== undefined ? { ...part, data: base64url.encode(part.data) } : part,
  )
}

/** @throws InvalidInputError */
export function contentFromWire(content: unknown): unknown {
  if (!Array.isArray(content)) return content
  return content.map((part: unknown) =>
    isObject(part) && part.type === 'file' && part.data !== undefined
      ? { ...part, data: bytesFromWire(part.data, 'message.content.data') }
      : part,
  )
}

/** @throws InvalidInputError unless `text` is base64url */
export function bytesFromWire(text: unknown, path: string): Uint8Array {
  if (typeof text === 'string' && /^[\w-]*$/.test(text) && text.length % 4 !== 1)
    return base64url.decode(text)
  throw new InvalidInputError(path, 'must be base64url text')
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
