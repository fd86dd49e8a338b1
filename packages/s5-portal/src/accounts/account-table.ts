import type { Database, Table } from '../storage/database'

/** What a portal remembers of an account, beside its key. */
export interface AccountRecord {
  /** Unix milliseconds. */
  readonly createdAt: number
  /** How many blobs it pins. */
  readonly pins: number
  /** The sum of their sizes, in bytes. */
  readonly bytes: number
}

/** Account records by public key. */
export class AccountTable {
  readonly #table: Table

  constructor(database: Database) {
    this.#table = database.table('accounts')
  }

  get(publicKey: Uint8Array): AccountRecord | undefined {
    const stored = this.#table.get(publicKey)
    return stored && (JSON.parse(new TextDecoder().decode(stored)) as AccountRecord)
  }

  /** Precondition: inside a transaction. */
  put(publicKey: Uint8Array, record: AccountRecord): void {
    this.#table.put(publicKey, new TextEncoder().encode(JSON.stringify(record)))
  }
}
