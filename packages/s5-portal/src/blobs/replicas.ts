import type { Database, Table } from '../storage/database'

/** Which blobs are copies of what other portals have: they stay, whatever the accounts of this portal pin. */
export class Replicas {
  readonly #database: Database
  readonly #hashes: Table

  constructor(database: Database) {
    this.#database = database
    this.#hashes = database.table('replicas')
  }

  has(hash: Uint8Array): boolean {
    return this.#hashes.get(hash) !== undefined
  }

  /** Durable when it resolves. */
  add(hash: Uint8Array): Promise<void> {
    return this.#database.transaction(() => this.#hashes.put(hash, Uint8Array.of(1)))
  }
}
