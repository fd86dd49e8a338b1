import { InvalidInputError } from '../errors/input-errors'
import { type DagValue, encodeDagCbor } from './codec'
import { isPlainObject, parseJsonObject, parseJsonValue, toWellFormedText } from './json-value'
import { MESSAGE_ROLES, type Message, type MessagePart, type MessageRole } from './types'

/** Largest message, in bytes of DAG-CBOR. */
export const MAX_MESSAGE_BYTES = 1024 * 1024
/** Largest id of a message or a conversation, in bytes of UTF-8. */
export const MAX_ID_BYTES = 512

const MESSAGE_FIELDS = ['id', 'role', 'content', 'createdAt', 'parentId', 'editedAt', 'metadata']

/** A checked message whose id and time may still be missing. */
export type MessageDraft = Pick<Message, 'role' | 'content'> & Partial<Message>

/**
 * Checks one message from a caller and copies what is to be stored.
 * @throws InvalidInputError with the path of the first thing that is wrong.
 */
export function parseMessage(input: unknown, path: string): MessageDraft {
  if (!isPlainObject(input)) throw new InvalidInputError(path, 'must be a plain object')
  refuseUnknownFields(input, MESSAGE_FIELDS, path)
  const draft: MessageDraft = {
    role: parseRole(input.role, `${path}.role`),
    content: parseContent(input.content, `${path}.content`),
    ...optional('id', input.id, (id) => parseId(id, `${path}.id`)),
    ...optional('createdAt', input.createdAt, (time) => parseTime(time, `${path}.createdAt`)),
    ...optional('parentId', input.parentId, (id) => parseId(id, `${path}.parentId`)),
    ...optional('editedAt', input.editedAt, (time) => parseTime(time, `${path}.editedAt`)),
    ...optional('metadata', input.metadata, (map) => parseJsonObject(map, `${path}.metadata`)),
  }
  refuseHugeMessage(draft, path)
  return draft
}

/** @throws InvalidInputError unless `value` is a non-empty text of at most 512 bytes without control characters. */
export function parseId(value: unknown, path: string): string {
  if (typeof value !== 'string' || value === '')
    throw new InvalidInputError(path, 'must be a non-empty string')
  if (!value.isWellFormed()) throw new InvalidInputError(path, 'must not hold lone surrogates')
  if (/\p{Cc}/u.test(value)) throw new InvalidInputError(path, 'must not hold control characters')
  // A UTF-16 unit takes at most three bytes: most ids need no encoding to be known as short.
  if (value.length * 3 > MAX_ID_BYTES && new TextEncoder().encode(value).length > MAX_ID_BYTES) {
    throw new InvalidInputError(path, `must be at most ${MAX_ID_BYTES} bytes`)
  }
  return value
}

export function parseTime(value: unknown, path: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw new InvalidInputError(path, 'must be a whole number of ms since 1970')
}

export function refuseUnknownFields(input: Record<string, unknown>, known: string[], path: string): void {
  const unknown = Object.keys(input).find((key) => !known.includes(key) && input[key] !== undefined)
  if (unknown === undefined) return
  const advice = path.startsWith('options') ? '' : ' and would be lost: use metadata'
  throw new InvalidInputError(`${path}.${unknown}`, `is not a known field${advice}`)
}

/** `{ [key]: parse(value) }`, or nothing where the value was left out. */
export function optional<K extends string, T>(
  key: K,
  value: unknown,
  parse: (value: unknown) => T,
): { [P in K]?: T } {
  return value === undefined ? {} : ({ [key]: parse(value) } as { [P in K]?: T })
}

/** What of a message counts as its content: all but its id and its times. */
export function contentOf(message: MessageDraft): DagValue {
  const { role, content, parentId, metadata } = message
  return {
    role,
    content: content as DagValue,
    ...(parentId === undefined ? {} : { parentId }),
    ...(metadata === undefined ? {} : { metadata: metadata as DagValue }),
  }
}

function parseRole(value: unknown, path: string): MessageRole {
  const role = MESSAGE_ROLES.find((known) => known === value)
  if (role === undefined) throw new InvalidInputError(path, `must be one of ${MESSAGE_ROLES.join(', ')}`)
  return role
}

function parseContent(value: unknown, path: string): string | MessagePart[] {
  if (typeof value === 'string' && value !== '') return toWellFormedText(value)
  if (Array.isArray(value)) {
    const parts = value.map((part, i) => parsePart(part, `${path}[${i}]`))
    if (parts.some((part) => part.type !== 'text' || part.text !== '')) return parts
  }
  throw new InvalidInputError(
    path,
    'must be a non-empty string, or parts of which one is a text or a tool part',
  )
}

function parsePart(value: unknown, path: string): MessagePart {
  if (!isPlainObject(value)) throw new InvalidInputError(path, 'must be a plain object')
  switch (value.type) {
    case 'text':
      refuseUnknownFields(value, ['type', 'text'], path)
      return { type: 'text', text: parseText(value.text, `${path}.text`) }
    case 'tool-call':
      refuseUnknownFields(value, ['type', 'toolCallId', 'toolName', 'input'], path)
      return {
        type: 'tool-call',
        ...parseTool(value, path),
        input: parseJsonValue(value.input, `${path}.input`),
      }
    case 'tool-result':
      refuseUnknownFields(value, ['type', 'toolCallId', 'toolName', 'output'], path)
      return {
        type: 'tool-result',
        ...parseTool(value, path),
        output: parseJsonValue(value.output, `${path}.output`),
      }
    case 'file':
      return parseFilePart(value, path)
    default:
      throw new InvalidInputError(`${path}.type`, 'must be text, tool-call, tool-result or file')
  }
}

function parseTool(value: Record<string, unknown>, path: string): { toolName: string; toolCallId?: string } {
  return {
    toolName: parseText(value.toolName, `${path}.toolName`),
    ...optional('toolCallId', value.toolCallId, (id) => parseText(id, `${path}.toolCallId`)),
  }
}

function parseFilePart(value: Record<string, unknown>, path: string): MessagePart {
  refuseUnknownFields(value, ['type', 'mediaType', 'cid', 'data', 'name'], path)
  return {
    type: 'file',
    mediaType: parseText(value.mediaType, `${path}.mediaType`),
    ...optional('cid', value.cid, (cid) => parseText(cid, `${path}.cid`)),
    ...optional('data', value.data, (data) => parseBytes(data, `${path}.data`)),
    ...optional('name', value.name, (name) => parseText(name, `${path}.name`)),
  }
}

function parseText(value: unknown, path: string): string {
  if (typeof value !== 'string') throw new InvalidInputError(path, 'must be a string')
  return toWellFormedText(value)
}

function parseBytes(value: unknown, path: string): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new InvalidInputError(path, 'must be a Uint8Array')
  return value.slice()
}

function refuseHugeMessage(draft: MessageDraft, path: string): void {
  const bytes = encodeDagCbor(contentOf(draft)).length
  if (bytes > MAX_MESSAGE_BYTES) {
    throw new InvalidInputError(path, `is ${bytes} bytes; a message is at most ${MAX_MESSAGE_BYTES}`)
  }
}
