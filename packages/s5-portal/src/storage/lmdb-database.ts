import { type Database as LmdbTable, open, type RootDatabase } from 'lmdb'
import type { Database, Table, TableName } from './database'

/**
 * LMDB in one folder. A transaction that was acknowledged has been written and flushed to the disk; those
 * that come in at the same time share one flush.
 */
export class LmdbDatabase implements Database {
  readonly #root: RootDatabase<Uint8Array, Uint8Array>

  constructor(folder: string) {
    this.#root = open({
      path: folder,
      noSubdir: false,
      encoding: 'binary',
      // With overlapping sync, readers would see what is committed but not flushed yet.
      overlappingSync: false,
      // Batching by turns makes a promise of its own that nobody holds: on a full disk it would end the process.
      eventTurnBatching: false,
    })
  }

  table(name: TableName): Table {
    return new LmdbTableView(
      this.#root.openDB<Uint8Array, Uint8Array>({ name, encoding: 'binary', keyEncoding: 'binary' }),
    )
  }

  async transaction<T>(work: () => T): Promise<T> {
    try {
      return await this.#root.transaction(work)
    } catch (error) {
      throw await commitFailure(error)
    }
  }

  close(): Promise<void> {
    return this.#root.close()
  }
}

class LmdbTableView implements Table {
  readonly #table: LmdbTable<Uint8Array, Uint8Array>

  constructor(table: LmdbTable<Uint8Array, Uint8Array>) {
    this.#table = table
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#table.get(key)
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.#table.putSync(key, value)
  }

  remove(key: Uint8Array): void {
    this.#table.removeSync(key)
  }

  listAfter(after: Uint8Array, limit: number): [Uint8Array, Uint8Array][] {
    // LMDB has no empty keys, so the range after one is all of it.
    const range = after.length === 0 ? { limit } : { start: after, exclusiveStart: true, limit }
    return Array.from(this.#table.getRange(range), ({ key, value }) => [key, value])
  }

  clear(): void {
    this.#table.clearSync()
  }
}

/** LMDB hands the cause of a failed commit over as a promise that rejects; left alone it would end the process. */
async function commitFailure(error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || !('commitError' in error)) return error
  const cause = await Promise.resolve(error.commitError).catch((reason: unknown) => reason)
  return new Error('The database could not commit', { cause })
}
