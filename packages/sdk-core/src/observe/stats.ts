/** What happened since the SDK was created. Counts, and bytes of request and answer bodies. */
export interface StorageStats {
  saves: number
  /** Attempts that lost to another writer. */
  conflicts: number
  /** Attempts repeated after a wait. */
  retries: number
  /** Times two histories of one conversation were united. */
  merges: number
  /** Times the network was behind what it had acknowledged. */
  rollbacks: number
  /** Times a watched conversation was asked for, because nothing was pushed. */
  polls: number
  requests: number
  bytesUp: number
  bytesDown: number
  /** In the order of the configuration. Absent where the store has no portals. */
  portals?: readonly PortalStats[]
}

/** What one portal was asked, and what came of it. */
export interface PortalStats {
  /** Its origin. */
  portal: string
  /** `skipped` while it does not answer; it is asked again now and then, and where too few others are left. */
  state: 'healthy' | 'skipped'
  requests: number
  /** Calls without a usable answer: none in time, a refusal, or bytes that do not check. */
  failures: number
  /** Times it was brought a version that it had missed or lost. */
  repairs: number
}

export type StorageCounters = Omit<StorageStats, 'requests' | 'bytesUp' | 'bytesDown' | 'portals'>

export function createCounters(): StorageCounters {
  return { saves: 0, conflicts: 0, retries: 0, merges: 0, rollbacks: 0, polls: 0 }
}
