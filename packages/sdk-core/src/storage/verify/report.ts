import type { ReadOptions } from '../load-options'

/**
 * What is wrong with a record: no answer (`unreachable`), not there (`missing`), other bytes than its hash or
 * signature says or no record (`corrupt`), sealed with another key (`wrong-key`), an older version than the newest
 * one found (`outdated`), one that is not contained in the newest (`diverged`), says something that the records
 * themselves do not bear out (`inconsistent`).
 */
export type DamageKind =
  | 'unreachable'
  | 'missing'
  | 'corrupt'
  | 'wrong-key'
  | 'outdated'
  | 'diverged'
  | 'inconsistent'

/** One thing that is wrong, and where. */
export interface Damage {
  kind: DamageKind
  /** In the conversation itself, or in the list of conversations. */
  subject: 'conversation' | 'list'
  record: 'pointer' | 'head' | 'segment' | 'checkpoint' | 'summary'
  /** Base URL of the portal where it was found; absent where it is in the records, wherever they lie. */
  portal?: string
  /** S5 blob id of the damaged blob. */
  cid?: string
  /** What exactly, without any content. */
  message: string
  /** Whether another portal has what is damaged here. */
  mendable: boolean
}

/** What `verifyConversation` found. Holds no content, and may be passed on. */
export interface VerificationReport {
  conversationId: string
  /** Whether nothing at all is wrong. */
  ok: boolean
  /** The newest version that was found; absent where none could be read. */
  version?: number
  portals: string[]
  /** How much was checked, of conversation and list. */
  checked: VerifiedCounts
  damages: Damage[]
}

/** Blobs count once on each portal. */
export interface VerifiedCounts {
  blobs: number
  records: number
  receipts: number
}

export interface VerifyOptions extends ReadOptions {
  /** Called after each blob with what was checked so far, of conversation and list together. */
  onProgress?: (checked: VerifiedCounts) => void
}
