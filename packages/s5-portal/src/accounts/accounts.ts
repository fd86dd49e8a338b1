import { randomBytes } from 'node:crypto'
import { encodeBase64Url } from '../codec/base64url'
import { digestSecret } from '../crypto/secrets'
import type { Database, Table } from '../storage/database'
import { type AccountRecord, AccountTable } from './account-table'

const TOKEN_BYTES = 32
const TOKEN_FORM = /^[\w-]{43}$/

/**
 * Accounts and the tokens that open them. A token is 32 random bytes and stored as its SHA-256 only: who
 * reads the disk cannot use it.
 */
export class Accounts {
  readonly #database: Database
  readonly #records: AccountTable
  readonly #publicKeyByTokenDigest: Table
  readonly #now: () => number

  constructor(database: Database, now: () => number) {
    this.#database = database
    this.#records = new AccountTable(database)
    this.#publicKeyByTokenDigest = database.table('tokens')
    this.#now = now
  }

  /** Opens an account, or finds the one that is there, and returns a fresh token; both are durable then. */
  register(publicKey: Uint8Array): Promise<string> {
    const token = createToken()
    return this.#database.transaction(() => {
      if (this.get(publicKey) === undefined) {
        this.#records.put(publicKey, { createdAt: this.#now(), pins: 0, bytes: 0 })
      }
      this.#publicKeyByTokenDigest.put(digestSecret(token), publicKey)
      return token
    })
  }

  /** @returns a fresh token, durable, or `undefined` when the key has no account. */
  login(publicKey: Uint8Array): Promise<string | undefined> {
    const token = createToken()
    return this.#database.transaction(() => {
      if (this.get(publicKey) === undefined) return undefined
      this.#publicKeyByTokenDigest.put(digestSecret(token), publicKey)
      return token
    })
  }

  /** @returns the public key of the account that `token` opens. */
  authenticate(token: string): Uint8Array | undefined {
    return TOKEN_FORM.test(token) ? this.#publicKeyByTokenDigest.get(digestSecret(token)) : undefined
  }

  get(publicKey: Uint8Array): AccountRecord | undefined {
    return this.#records.get(publicKey)
  }
}

function createToken(): string {
  return encodeBase64Url(randomBytes(TOKEN_BYTES))
}
