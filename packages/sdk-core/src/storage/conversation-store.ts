import type { ConversationChange } from '../conversation/change'
import type { ListPage } from '../conversation/listing'
import type { Conversation, ConversationSummary } from '../conversation/types'
import type { Page } from '../conversation/view'
import type { VersionInfo } from './history'
import type { ConversationInspection } from './inspection'
import type { TransferStats } from './network'
import type { VerificationReport, VerifyOptions } from './verify/report'
import type { ConversationListener } from './watcher'

/** What a store gives back for a change that is now current. */
export interface CommitReceipt {
  /** The version that this change made. */
  version: number
  /** Of the version that was current when the change was acknowledged; a replay may be older than that. */
  revision: number
  cid: string
  messageIds: string[]
  /** Whether another writer's version came in between. */
  merged: boolean
  /** Messages and fields that were left as stored. */
  ignored: string[]
  outcome: 'COMMITTED' | 'PERSISTENCE_IDEMPOTENT_REPLAY'
}

/** One page of the list of conversations, or all of it. */
export interface ConversationList {
  items: ConversationSummary[]
  /** Gives the next page; absent on the last one. */
  cursor?: string
}

/** A share that was accepted. */
export interface OpenedShare {
  /** What this identity calls the conversation. */
  conversationId: string
  write: boolean
}

/** Every share of one identity. */
export interface SharedList {
  /** `to` is the recipient's sharing address. */
  byMe: { conversationId: string; to: string; write: boolean }[]
  /** `from` is the owner: the address of a wallet, or `ed25519:` and a public key in hex. */
  withMe: (OpenedShare & { from: string })[]
}

/** How conversations get to other identities. Every call is safe to repeat after any rejection. */
export interface StoreSharing {
  /** This identity's sharing address; a wallet is asked to sign it, once. */
  address(signal: AbortSignal): Promise<string>
  /** Resolves with a capability when its recipient can open it. */
  share(conversationId: string, to: string, write: boolean, signal: AbortSignal): Promise<string>
  /** Resolves when the share is listed. */
  open(capability: string, signal: AbortSignal): Promise<OpenedShare>
  /** Resolves when nothing written from now on can be read or changed by keys that the recipient has. */
  revoke(conversationId: string, to: string, signal: AbortSignal): Promise<void>
  list(signal: AbortSignal): Promise<SharedList>
}

/** A receipt, or why this change alone failed. */
export type CommitOutcome = { receipt: CommitReceipt } | { error: unknown }

/**
 * Where conversations are kept. A store takes changes, not whole conversations; a receipt means that the
 * change is durable and listed. One commit of a conversation runs at a time; stores need not order more.
 */
export interface ConversationStore {
  /**
   * Tries to make `changes` current, in their order and together: one version, or none. A change that is
   * wrong fails alone. Safe to call again with the same changes after any rejection.
   * @throws RevisionConflictError and StoreUnavailableError where trying again may help
   */
  commit(
    conversationId: string,
    changes: readonly ConversationChange[],
    signal: AbortSignal,
  ): Promise<CommitOutcome[]>
  /** `undefined` where the store knows that there is none, or none any more. */
  load(conversationId: string, page: Page, signal: AbortSignal): Promise<Conversation | undefined>
  /** The conversations that exist, the newest first; `cursor` where there are more. */
  list(page: ListPage, signal: AbortSignal): Promise<ConversationList>
  /**
   * The versions that can still be loaded, the newest first; none where there is no such conversation. Absent in
   * a store that keeps only the current ones.
   */
  versions?(conversationId: string, signal: AbortSignal): AsyncIterable<VersionInfo>
  /**
   * Calls back with the version that is current, if there is one, and with each newer one, until the returned
   * function is called. Absent in a store that cannot tell.
   */
  watch?(conversationId: string, listener: ConversationListener): () => void
  /**
   * Calls back when the list may be another than before, until the returned function is called. The listener does not
   * throw. Absent in a store that cannot tell.
   */
  watchList?(listener: () => void): () => void
  /** Recomputes all that is stored of a conversation. Absent in a store that has nothing to recompute. */
  verify?(
    conversationId: string,
    signal: AbortSignal,
    onProgress?: VerifyOptions['onProgress'],
  ): Promise<VerificationReport>
  /** Says of which parts a conversation consists. Absent in a store that does not lie on portals. */
  inspect?(conversationId: string, signal: AbortSignal): Promise<ConversationInspection | undefined>
  /** Absent in a store that has only one owner. */
  readonly sharing?: StoreSharing | undefined
  getTransferStats(): TransferStats
  /** Writes what may lag behind (summaries), then lets go of all keys and timers. */
  close(): Promise<void>
}
