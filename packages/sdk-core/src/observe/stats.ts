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
}

export type StorageCounters = Omit<StorageStats, 'requests' | 'bytesUp' | 'bytesDown'>

export function createCounters(): StorageCounters {
  return { saves: 0, conflicts: 0, retries: 0, merges: 0, rollbacks: 0, polls: 0 }
}
