/** What happened since the SDK was created. Counts, and bytes of request and answer bodies. */
export interface StorageStats {
  saves: number
  /** Attempts that lost to another writer. */
  conflicts: number
  /** Attempts repeated after a wait. */
  retries: number
  /** Times two histories of one conversation were united. */
  merges: number
  requests: number
  bytesUp: number
  bytesDown: number
}

export type StorageCounters = Pick<StorageStats, 'saves' | 'conflicts' | 'retries' | 'merges'>

export function createCounters(): StorageCounters {
  return { saves: 0, conflicts: 0, retries: 0, merges: 0 }
}
