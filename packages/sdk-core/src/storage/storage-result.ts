import type { CommitReceipt } from './conversation-store'

/** What an acknowledged save gives back. */
export interface StorageResult extends Omit<CommitReceipt, 'ignored'> {
  conversationId: string
  /** Messages and fields that were left as stored, because the caller's copy was not known to be newer. */
  ignored?: string[]
}
