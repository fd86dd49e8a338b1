import type { Conversation, ConversationSummary } from '../conversation/types'
import { VersionConflictError } from '../errors/conflict-errors'
import type { ReadOptions } from '../storage/load-options'

/** Options of what goes through all conversations. */
export interface ProgressOptions extends ReadOptions {
  /** Called after each conversation. */
  onProgress?(progress: { done: number; total: number }): void
}

/** Where conversations are listed, read and deleted; `StorageManager`, handed in. */
export interface AllStorage {
  listConversations(options: ReadOptions): Promise<{ items: ConversationSummary[] }>
  loadConversation(id: string, options: ReadOptions): Promise<Conversation | undefined>
  deleteConversation(id: string, options: ReadOptions & { expectedVersion?: number }): Promise<void>
}

/**
 * Every conversation that was listed when it began, the newest first, read as it is asked for. One that is
 * deleted meanwhile is left out. @throws as `loadConversation`, or the reason of the signal
 */
export async function* exportAll(
  storage: AllStorage,
  { onProgress, ...options }: ProgressOptions = {},
): AsyncGenerator<Conversation, void, void> {
  const { items } = await storage.listConversations(options)
  for (const [i, { id }] of items.entries()) {
    options.signal?.throwIfAborted()
    const conversation = await storage.loadConversation(id, options)
    if (conversation !== undefined) yield conversation
    onProgress?.({ done: i + 1, total: items.length })
  }
}

/**
 * Deletes every conversation that is listed, whoever changes it meanwhile. May be stopped anywhere and called
 * again. @throws as `deleteConversation`, or the reason of the signal
 */
export async function deleteAll(
  storage: AllStorage,
  { onProgress, ...options }: ProgressOptions = {},
): Promise<void> {
  const { items } = await storage.listConversations(options)
  for (const [i, { id }] of items.entries()) {
    options.signal?.throwIfAborted()
    await deleteAsItIs(storage, id, options)
    onProgress?.({ done: i + 1, total: items.length })
  }
}

/** The conflict names the version that is there now, on which the next attempt is decided. */
async function deleteAsItIs(
  storage: AllStorage,
  id: string,
  options: ReadOptions & { expectedVersion?: number },
): Promise<void> {
  try {
    await storage.deleteConversation(id, options)
  } catch (error) {
    if (!(error instanceof VersionConflictError)) throw error
    await deleteAsItIs(storage, id, { ...options, expectedVersion: error.actualVersion })
  }
}
