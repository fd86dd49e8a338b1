import type { Conversation } from '../conversation/types'
import type { ReadOptions } from '../storage/load-options'
import type { ConversationSource } from './move-conversations'

export interface ProgressOptions extends ReadOptions {
  /** Called after each conversation. */
  onProgress?(progress: { done: number; total: number }): void
}

/**
 * Every conversation that was listed when it began, the newest first, read as it is asked for. One that is
 * deleted meanwhile is left out. @throws as `loadConversation`, or the reason of the signal
 */
export async function* exportAll(
  source: Pick<ConversationSource, 'listConversations' | 'loadConversation'>,
  { onProgress, ...options }: ProgressOptions = {},
): AsyncGenerator<Conversation, void, void> {
  const { items } = await source.listConversations(options)
  for (const [i, { id }] of items.entries()) {
    options.signal?.throwIfAborted()
    const conversation = await source.loadConversation(id, options)
    if (conversation !== undefined) yield conversation
    onProgress?.({ done: i + 1, total: items.length })
  }
}

/**
 * Deletes every conversation that is listed, as it is now. May be stopped anywhere and called again.
 * @throws VersionConflictError where one was changed at that very moment, or the reason of the signal
 */
export async function deleteAll(
  source: Pick<ConversationSource, 'listConversations' | 'deleteConversation'>,
  { onProgress, ...options }: ProgressOptions = {},
): Promise<void> {
  const { items } = await source.listConversations(options)
  for (const [i, { id }] of items.entries()) {
    options.signal?.throwIfAborted()
    await source.deleteConversation(id, options)
    onProgress?.({ done: i + 1, total: items.length })
  }
}
