import type { Message } from '../conversation/types'

/** A message in its place, with the ids of all answers to the same prompt where there are several. */
export interface Placed {
  message: Message
  alternatives?: readonly string[]
}

/**
 * Messages in the order in which people read them: as they are stored, but each answer, and whatever else names a
 * parent, follows its parent. Of several answers to one prompt the chosen one is shown, or else the newest.
 */
export function threadOf(
  messages: readonly Message[],
  chosenByParent: ReadonlyMap<string, string> = new Map(),
): Placed[] {
  const { roots, childrenByParent } = treeOf(messages)
  const placed: Placed[] = []
  const next = roots.reverse().map((message): Placed => ({ message }))
  for (let each = next.pop(); each !== undefined; each = next.pop()) {
    placed.push(each)
    const { id } = each.message
    const children = childrenByParent.get(id)
    if (children !== undefined) next.push(...placeChildren(children, chosenByParent.get(id)).reverse())
  }
  return placed
}

/** What a model is given for an answer to `promptId`: all that is read up to it. */
export function contextOf(messages: readonly Message[], promptId: string): Message[] {
  const thread = threadOf(messages).map(({ message }) => message)
  const end = thread.findIndex(({ id }) => id === promptId)
  return end === -1 ? [...messages] : thread.slice(0, end + 1)
}

/** A parent counts only if it comes first, so that nothing is its own ancestor and nothing is left out. */
function treeOf(messages: readonly Message[]) {
  const before = new Set<string>()
  const roots: Message[] = []
  const childrenByParent = new Map<string, Message[]>()
  for (const message of messages) {
    const { parentId } = message
    const siblings = parentId === undefined ? undefined : childrenByParent.get(parentId)
    if (siblings !== undefined) siblings.push(message)
    else if (parentId !== undefined && before.has(parentId)) childrenByParent.set(parentId, [message])
    else roots.push(message)
    before.add(message.id)
  }
  return { roots, childrenByParent }
}

function placeChildren(children: readonly Message[], chosenId: string | undefined): Placed[] {
  const answers = children.filter(({ role }) => role === 'assistant')
  const others = children.filter(({ role }) => role !== 'assistant').map((message) => ({ message }))
  const shown = answers.find(({ id }) => id === chosenId) ?? answers.at(-1)
  if (shown === undefined) return others
  const alternatives = answers.length > 1 ? { alternatives: answers.map(({ id }) => id) } : {}
  return [{ message: shown, ...alternatives }, ...others]
}
