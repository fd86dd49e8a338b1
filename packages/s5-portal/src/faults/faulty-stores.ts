import type { BlobStore, ByteSource, OpenBlob, ReceivedBlob } from '../blobs/blob-store'
import { type Database, TABLE_NAMES, type Table, type TableName } from '../storage/database'
import type { Stores } from '../storage/stores'
import type { Faults } from './faults'

/** @returns `stores` whose disk is full, and whose blobs are away, when `faults` say so. */
export function makeFaulty(stores: Stores, faults: Faults): Stores {
  return {
    ...stores,
    database: new FaultyDatabase(stores.database, faults),
    blobs: new FaultyBlobStore(stores.blobs, faults),
  }
}

/** Removes everything that is kept. */
export async function forgetEverything({ database, blobs }: Stores): Promise<void> {
  const tables = TABLE_NAMES.map((name) => database.table(name))
  await database.transaction(() => {
    for (const table of tables) table.clear()
  })
  await blobs.clear()
}

class FaultyDatabase implements Database {
  readonly #inner: Database
  readonly #faults: Faults

  constructor(inner: Database, faults: Faults) {
    this.#inner = inner
    this.#faults = faults
  }

  table(name: TableName): Table {
    return this.#inner.table(name)
  }

  async transaction<T>(work: () => T): Promise<T> {
    failIfFull(this.#faults)
    return this.#inner.transaction(work)
  }

  close(): Promise<void> {
    return this.#inner.close()
  }
}

class FaultyBlobStore implements BlobStore {
  readonly #inner: BlobStore
  readonly #faults: Faults

  constructor(inner: BlobStore, faults: Faults) {
    this.#inner = inner
    this.#faults = faults
  }

  async receive(source: ByteSource, maxBytes: number): Promise<ReceivedBlob> {
    failIfFull(this.#faults)
    return this.#inner.receive(source, maxBytes)
  }

  async size(hash: Uint8Array): Promise<number | undefined> {
    return this.#faults.isBlobUnavailable(hash) ? undefined : this.#inner.size(hash)
  }

  async open(hash: Uint8Array): Promise<OpenBlob | undefined> {
    return this.#faults.isBlobUnavailable(hash) ? undefined : this.#inner.open(hash)
  }

  remove(hash: Uint8Array): Promise<void> {
    return this.#inner.remove(hash)
  }

  clear(): Promise<void> {
    return this.#inner.clear()
  }
}

/** As the system says it, so that it takes the same way as the real one. */
function failIfFull(faults: Faults): void {
  if (faults.isDiskFull) {
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  }
}
