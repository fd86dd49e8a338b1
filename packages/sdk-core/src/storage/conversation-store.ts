import type { ConversationChange } from '../conversation/changes'
import type { Conversation, ConversationSummary } from '../conversation/types'
import type { TransferStats } from './network'

/** What a store gives back for a change that is now current. */
export interface CommitReceipt {
  version: number
  revision: number
  cid: string
  messageIds: string[]
  /** Whether another writer's version came in between. */
  merged: boolean
  ignored: string[]
  outcome: 'COMMITTED' | 'PERSISTENCE_IDEMPOTENT_REPLAY'
}

/**
 * Where conversations are kept. A store takes changes, not whole conversations; a receipt means that the
 * change is durable and listed. The caller never runs two commits of one conversation at the same time.
 */
export interface ConversationStore {
  /**
   * Tries to make `change` current. Safe to call again with the same change after any rejection.
   * @throws RevisionConflictError and StoreUnavailableError where trying again may help.
   */
  commit(conversationId: string, change: ConversationChange, signal: AbortSignal): Promise<CommitReceipt>
  /** `undefined` where the store knows that there is none. */
  load(conversationId: string, signal: AbortSignal): Promise<Conversation | undefined>
  /** All conversations that exist, the newest first. */
  list(signal: AbortSignal): Promise<ConversationSummary[]>
  getTransferStats(): TransferStats
  /** Writes what may lag behind (summaries), then lets go of all keys and timers. */
  close(): Promise<void>
}
