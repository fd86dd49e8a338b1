import { concatBytes, decodeUint64, encodeUint64 } from '../codec/bytes'
import type { Database, Table } from '../storage/database'
import { AccountTable } from './account-table'

/** Which accounts want which blobs kept. Every method is one transaction, durable when it resolves. */
export class Pins {
  readonly #database: Database
  readonly #sizeByPin: Table
  readonly #countByHash: Table
  readonly #accounts: AccountTable

  constructor(database: Database) {
    this.#database = database
    this.#sizeByPin = database.table('pins')
    this.#countByHash = database.table('pin-counts')
    this.#accounts = new AccountTable(database)
  }

  /** Pins a blob of `size` bytes; pinning it again changes nothing. */
  add(account: Uint8Array, hash: Uint8Array, size: number): Promise<void> {
    return this.#database.transaction(() => {
      const pin = concatBytes(account, hash)
      if (this.#sizeByPin.get(pin) !== undefined) return
      this.#sizeByPin.put(pin, encodeUint64(size))
      this.#countByHash.put(hash, encodeUint64(this.#count(hash) + 1))
      this.#addToTotals(account, 1, size)
    })
  }

  /** @returns whether the pin was there, and how many accounts still pin the blob. */
  remove(account: Uint8Array, hash: Uint8Array): Promise<{ removed: boolean; left: number }> {
    return this.#database.transaction(() => {
      const pin = concatBytes(account, hash)
      const size = this.#sizeByPin.get(pin)
      if (size === undefined) return { removed: false, left: this.#count(hash) }
      const left = this.#count(hash) - 1
      this.#sizeByPin.remove(pin)
      if (left > 0) this.#countByHash.put(hash, encodeUint64(left))
      else this.#countByHash.remove(hash)
      this.#addToTotals(account, -1, -decodeUint64(size, 0))
      return { removed: true, left }
    })
  }

  /** @returns up to `limit` hashes of blobs that are pinned, after `hash`, in the order of their bytes. */
  listAfter(hash: Uint8Array, limit: number): Uint8Array[] {
    return this.#countByHash.listAfter(hash, limit).map(([pinned]) => pinned)
  }

  #count(hash: Uint8Array): number {
    const stored = this.#countByHash.get(hash)
    return stored === undefined ? 0 : decodeUint64(stored, 0)
  }

  #addToTotals(account: Uint8Array, pins: number, bytes: number): void {
    const record = this.#accounts.get(account)
    if (record === undefined) return
    this.#accounts.put(account, { ...record, pins: record.pins + pins, bytes: record.bytes + bytes })
  }
}
