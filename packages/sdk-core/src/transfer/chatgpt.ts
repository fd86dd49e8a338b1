import { type DagValue, digestOf } from '../conversation/codec'
import { isPlainObject } from '../conversation/json-value'
import { InvalidInputError } from '../errors/input-errors'
import { type ChatGptContent, readChatGptMessage } from './chatgpt-message'
import type { SourceConversation } from './source'

interface Node {
  parent: string | undefined
  content: ChatGptContent | undefined
}

/** Where a node stands in the tree: its nearest ancestor with content (or itself), and when it can be at earliest. */
interface Position {
  nearest: string | undefined
  time: number | undefined
  depth: number
}

const ROOT: Position = { nearest: undefined, time: undefined, depth: 0 }

/**
 * A conversation of ChatGPT's `conversations.json`. All branches of its tree are kept: `parentId` names the
 * nearest ancestor that says something. Messages come by time, and never before their parents.
 * @throws InvalidInputError where the tree has a cycle, or a message is of no known kind
 */
export function readChatGptRecord(record: Record<string, unknown>): SourceConversation {
  const nodes = readNodes(record.mapping)
  const createdAt = readSeconds(record.create_time)
  const positions = placeNodes(nodes, { ...ROOT, time: createdAt })
  const messages = [...nodes].flatMap(([id, { parent, content }]) => {
    const { time, depth } = positions.get(id) ?? ROOT
    const parentId = parent === undefined ? undefined : positions.get(parent)?.nearest
    const tree = parentId === undefined ? {} : { parentId }
    const times = time === undefined ? {} : { createdAt: time }
    return content === undefined
      ? []
      : [{ time, depth, message: { id, ...content.message, ...times, ...tree } }]
  })
  messages.sort((a, b) => (a.time ?? 0) - (b.time ?? 0) || a.depth - b.depth)
  return {
    id: record.conversation_id ?? record.id ?? `chatgpt-${digestOf(record.mapping as DagValue)}`,
    ...(typeof record.title === 'string' ? { title: record.title } : {}),
    ...(createdAt === undefined ? {} : { createdAt }),
    metadata: {
      source: 'chatgpt',
      ...(typeof record.current_node === 'string' ? { currentNode: record.current_node } : {}),
    },
    messages: messages.map(({ message }) => message),
  }
}

function readNodes(mapping: unknown): Map<string, Node> {
  if (!isPlainObject(mapping)) throw new InvalidInputError('mapping', 'must be an object')
  const nodes = Object.entries(mapping).map(([id, node]): [string, Node] => {
    if (!isPlainObject(node)) throw new InvalidInputError(`mapping.${id}`, 'must be an object')
    const parent = typeof node.parent === 'string' && node.parent in mapping ? node.parent : undefined
    return [id, { parent, content: readChatGptMessage(node.message, `mapping.${id}.message`) }]
  })
  return new Map(nodes)
}

function placeNodes(nodes: ReadonlyMap<string, Node>, root: Position): Map<string, Position> {
  const positions = new Map<string, Position>()
  for (const id of nodes.keys()) {
    const path = pathToKnown(id, nodes, positions)
    for (const each of path.reverse()) positions.set(each, positionOf(each, nodes, positions, root))
  }
  return positions
}

/** A node and its ancestors, as far as they were not placed yet. Chains are too long for recursion. */
function pathToKnown(start: string, nodes: ReadonlyMap<string, Node>, known: ReadonlyMap<string, Position>) {
  const path = new Set<string>()
  for (let id: string | undefined = start; id !== undefined && !known.has(id); id = nodes.get(id)?.parent) {
    if (path.has(id)) throw new InvalidInputError('mapping', `has a cycle at node ${id}`)
    path.add(id)
  }
  return [...path]
}

function positionOf(
  id: string,
  nodes: ReadonlyMap<string, Node>,
  positions: ReadonlyMap<string, Position>,
  root: Position,
): Position {
  const { parent, content } = nodes.get(id) ?? { parent: undefined, content: undefined }
  const above = (parent === undefined ? undefined : positions.get(parent)) ?? root
  const own = readSeconds(content?.createTime)
  return {
    nearest: content === undefined ? above.nearest : id,
    time: own === undefined || own < (above.time ?? 0) ? above.time : own,
    depth: above.depth + 1,
  }
}

/** A time in seconds since 1970, in whole ms. */
function readSeconds(value: unknown): number | undefined {
  if (typeof value !== 'number' || !(value > 0)) return undefined
  const ms = Math.round(value * 1000)
  return Number.isSafeInteger(ms) ? ms : undefined
}
