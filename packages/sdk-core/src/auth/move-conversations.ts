import type { Conversation, ConversationInput, ConversationSummary } from '../conversation/types'
import { VersionConflictError } from '../errors/conflict-errors'
import { ConversationDeletedError } from '../errors/storage-errors'
import type { ReadOptions } from '../storage/load-options'

/** Where conversations move from. */
export interface MoveSource {
  listConversations(options: ReadOptions): Promise<{ items: ConversationSummary[] }>
  loadConversation(id: string, options: ReadOptions): Promise<Conversation | undefined>
  /** @throws VersionConflictError where another version than `expectedVersion` is stored */
  takeAway(id: string, options: ReadOptions & { expectedVersion: number }): Promise<void>
}

/** Where conversations move to; `StorageManager`, handed in. */
export interface MoveTarget {
  saveConversation(conversation: ConversationInput, options: ReadOptions): Promise<{ ignored?: string[] }>
}

export interface MoveReport {
  /** Conversations that are now in the target and no longer in the source. */
  moved: number
  /** Conversations that stay, because the target has deleted them or holds other text under the same message ids. */
  left: number
}

/**
 * Moves every conversation, one after another: a copy is acknowledged by the target before its original goes,
 * and an original that has changed meanwhile is moved again. So it may be stopped anywhere and run anew:
 * nothing is lost, and message ids keep anything from arriving twice. All that arrives new is sealed; a title or
 * field that the target has already stays as it is there.
 * Rejects with the first failure of either side, or the reason of `signal`.
 */
export async function moveConversations(
  source: MoveSource,
  target: MoveTarget,
  signal: AbortSignal,
): Promise<MoveReport> {
  const report = { moved: 0, left: 0 }
  const { items } = await source.listConversations({ signal })
  for (const { id } of items) {
    const isMoved = await moveOne(id, source, target, signal)
    report[isMoved ? 'moved' : 'left'] += 1
  }
  return report
}

async function moveOne(
  id: string,
  source: MoveSource,
  target: MoveTarget,
  signal: AbortSignal,
): Promise<boolean> {
  for (;;) {
    const conversation = await source.loadConversation(id, { signal })
    if (conversation === undefined) return true
    if (!(await copy(conversation, target, signal))) return false
    if (await takeAway(conversation, source, signal)) return true
  }
}

/** Whether the target now holds every message. */
async function copy(conversation: Conversation, target: MoveTarget, signal: AbortSignal): Promise<boolean> {
  try {
    const { ignored = [] } = await target.saveConversation(conversation, { signal })
    return !conversation.messages.some((message) => ignored.includes(message.id))
  } catch (error) {
    if (error instanceof ConversationDeletedError) return false
    throw error
  }
}

/** Whether it is gone; not if it has changed since it was read. */
async function takeAway(
  { id, version }: Conversation,
  source: MoveSource,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await source.takeAway(id, { expectedVersion: version, signal })
    return true
  } catch (error) {
    if (error instanceof VersionConflictError) return false
    throw error
  }
}
