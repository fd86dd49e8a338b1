/** The tables of a portal. */
export type TableName = 'registry' | 'accounts' | 'tokens' | 'pins' | 'pin-counts' | 'replicas'

export const TABLE_NAMES: readonly TableName[] = [
  'registry',
  'accounts',
  'tokens',
  'pins',
  'pin-counts',
  'replicas',
]

/** Values by key, both bytes. Writes are allowed inside `Database.transaction` only. */
export interface Table {
  get(key: Uint8Array): Uint8Array | undefined
  put(key: Uint8Array, value: Uint8Array): void
  remove(key: Uint8Array): void
  /** @returns up to `limit` records whose keys come after `after`, in the order of the keys' bytes. */
  listAfter(after: Uint8Array, limit: number): [key: Uint8Array, value: Uint8Array][]
  /** Removes everything. */
  clear(): void
}

/** The small records of a portal: everything but the blobs. */
export interface Database {
  table(name: TableName): Table
  /**
   * Runs `work` alone: no other transaction interleaves. `work` must not throw after its first write.
   *
   * @returns what `work` returned, once its writes are as durable as the database is.
   */
  transaction<T>(work: () => T): Promise<T>
  close(): Promise<void>
}
