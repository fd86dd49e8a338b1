import { isPlainObject } from '../conversation/json-value'
import type { JsonValue, MessageInput, MessagePart } from '../conversation/types'
import { InvalidInputError } from '../errors/input-errors'

/** What a node of the tree says. */
export interface ChatGptContent {
  message: Pick<MessageInput, 'role' | 'content' | 'metadata'>
  /** In seconds since 1970, as it came. */
  createTime: unknown
}

/**
 * The message of a node: text, code, what a tool was asked and said, and pointers to files, whose bytes are not
 * in the export. `undefined` where it says nothing, as roots and many system messages do.
 * @throws InvalidInputError
 */
export function readChatGptMessage(message: unknown, path: string): ChatGptContent | undefined {
  if (message === null || message === undefined) return undefined
  if (!isPlainObject(message) || !isPlainObject(message.author)) {
    throw new InvalidInputError(path, 'must be an object with an author')
  }
  const parts = readParts(message.content)
  if (parts.length === 0) return undefined
  const metadata = readMetadata(message.metadata)
  return {
    message: { ...addressed(parts, message.author, message.recipient, path), ...metadata },
    createTime: message.create_time,
  }
}

/** Who speaks to whom: a tool answers with a result, and what an assistant says to a tool is a call. */
function addressed(
  parts: MessagePart[],
  author: Record<string, unknown>,
  recipient: unknown,
  path: string,
): Pick<MessageInput, 'role' | 'content'> {
  const { role } = author
  if (role === 'tool') return { role, content: toToolParts('tool-result', nameOf(author.name), parts) }
  if (role === 'assistant' && typeof recipient === 'string' && recipient !== 'all') {
    return { role, content: toToolParts('tool-call', recipient, parts) }
  }
  if (role !== 'user' && role !== 'assistant' && role !== 'system') {
    throw new InvalidInputError(`${path}.author.role`, 'must be user, assistant, system or tool')
  }
  const [only] = parts
  return { role, content: parts.length === 1 && only?.type === 'text' ? only.text : parts }
}

function nameOf(name: unknown): string {
  return typeof name === 'string' ? name : 'tool'
}

function toToolParts(
  type: 'tool-call' | 'tool-result',
  toolName: string,
  parts: MessagePart[],
): MessagePart[] {
  const said = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
  const files = parts.filter((part) => part.type !== 'text')
  return [type === 'tool-call' ? { type, toolName, input: said } : { type, toolName, output: said }, ...files]
}

function readParts(content: unknown): MessagePart[] {
  if (!isPlainObject(content)) return []
  const { content_type: _, parts, ...fields } = content
  return Array.isArray(parts) ? parts.flatMap(readPart) : textsIn(fields)
}

function readPart(part: unknown): MessagePart[] {
  if (!isPlainObject(part) || typeof part.asset_pointer !== 'string') return textsIn(part)
  const kind = /^(image|audio|video)_/.exec(String(part.content_type))?.[1]
  const mediaType = kind === undefined ? 'application/octet-stream' : `${kind}/*`
  return [{ type: 'file', mediaType, name: part.asset_pointer }]
}

/** Texts wherever they lie: of code, of thoughts, of pages that were read. Names of kinds are no texts. */
function textsIn(value: unknown): MessagePart[] {
  if (typeof value === 'string') return value === '' ? [] : [{ type: 'text', text: value }]
  if (Array.isArray(value)) return value.flatMap(textsIn)
  if (!isPlainObject(value)) return []
  return Object.entries(value).flatMap(([name, item]) => (NO_TEXTS.has(name) ? [] : textsIn(item)))
}

const NO_TEXTS = new Set(['content_type', 'language', 'response_format_name', 'source_analysis_msg_id'])

function readMetadata(metadata: unknown): { metadata?: Record<string, JsonValue> } {
  if (!isPlainObject(metadata)) return {}
  const { model_slug: model, is_visually_hidden_from_conversation: hidden } = metadata
  const kept = { ...(typeof model === 'string' ? { model } : {}), ...(hidden === true ? { hidden } : {}) }
  return Object.keys(kept).length === 0 ? {} : { metadata: kept }
}
