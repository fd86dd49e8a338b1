/**
 * Where a change is: on this device only, on its way, on the network, or put aside because it can never get
 * there as it is.
 */
export type SaveStatus = 'saved locally' | 'syncing' | 'saved' | 'failed'

/** All that this device has to send. */
export interface SyncStatus {
  /** The worst that there is: `failed`, then `syncing`, `saved locally`, `saved`. */
  status: SaveStatus
  /** Commits that the network does not have yet. */
  waiting: number
  /** Those of them that are being sent right now, by whichever tab. */
  syncing: number
  /** Commits that were put aside. */
  failed: number
  isOnline: boolean
  /** Of the last attempt, if it failed. */
  lastError?: { code: string; userMessage: string }
}

/** The overall status for what is counted. */
export function statusOf({ waiting, syncing, failed }: Omit<SyncStatus, 'status' | 'isOnline'>): SaveStatus {
  if (failed > 0) return 'failed'
  if (syncing > 0) return 'syncing'
  return waiting > 0 ? 'saved locally' : 'saved'
}
