import { type DagValue, digestOf } from '../conversation/codec'
import { isPlainObject } from '../conversation/json-value'
import type { MessageInput, MessageRole } from '../conversation/types'
import { InvalidInputError } from '../errors/input-errors'
import type { SourceConversation } from './source'

const ROLES = new Map<unknown, MessageRole>([
  ['human', 'user'],
  ['user', 'user'],
  ['gpt', 'assistant'],
  ['chatgpt', 'assistant'],
  ['bing', 'assistant'],
  ['bard', 'assistant'],
  ['assistant', 'assistant'],
  ['function_call', 'assistant'],
  ['system', 'system'],
  ['tool', 'tool'],
  ['observation', 'tool'],
  ['function_response', 'tool'],
])

/**
 * A conversation in the form of ShareGPT: `{ id, conversations: [{ from, value }] }`. Empty messages are left
 * out. One without an id gets one from what it says.
 * @throws InvalidInputError
 */
export function readShareGptRecord(record: Record<string, unknown>): SourceConversation {
  if (!Array.isArray(record.conversations)) throw new InvalidInputError('conversations', 'must be a list')
  const { id, title, system } = record
  const preamble = typeof system === 'string' ? [{ from: 'system', value: system }] : []
  return {
    id: id === undefined ? `sharegpt-${digestOf(record.conversations as DagValue)}` : String(id),
    ...(typeof title === 'string' ? { title } : {}),
    metadata: { source: 'sharegpt' },
    messages: [...preamble, ...record.conversations].flatMap(readTurn),
  }
}

function readTurn(turn: unknown, index: number): MessageInput[] {
  const path = `conversations[${index}]`
  if (!isPlainObject(turn) || typeof turn.value !== 'string') {
    throw new InvalidInputError(path, 'must be an object with a text as its value')
  }
  const role = ROLES.get(turn.from)
  if (role === undefined) throw new InvalidInputError(`${path}.from`, 'is no known speaker')
  return turn.value === '' ? [] : [{ role, content: contentOf(turn.from, role, turn.value) }]
}

function contentOf(from: unknown, role: MessageRole, value: string): MessageInput['content'] {
  if (role === 'tool') return [{ type: 'tool-result', toolName: 'tool', output: value }]
  if (from === 'function_call') return [{ type: 'tool-call', toolName: 'tool', input: value }]
  return value
}
