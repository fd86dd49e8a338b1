import { randomBytes } from 'node:crypto'
import { ExpiringSet } from './expiring-set'
import { hmacHex, isSameSecret } from './secrets'

/** How long a nonce may be used, in ms. */
const NONCE_MS = 5 * 60_000
const NONCE = /^([0-9a-f]{12})([0-9a-f]{32})([0-9a-f]{64})$/

/** Nonces of EIP-4361 that carry their expiry and a MAC: those that nobody uses cost no memory. */
export class Nonces {
  readonly #key: Uint8Array
  readonly #now: () => number
  readonly #used: ExpiringSet

  constructor(key: Uint8Array, now: () => number) {
    this.#key = key
    this.#now = now
    this.#used = new ExpiringSet(now)
  }

  create(): string {
    const expiry = (this.#now() + NONCE_MS).toString(16).padStart(12, '0')
    const said = expiry + randomBytes(16).toString('hex')
    return said + this.#mac(said)
  }

  /** @returns whether the nonce is one of these, has not expired, and was never used */
  use(nonce: string): boolean {
    const [, expiry = '', random = '', mac = ''] = NONCE.exec(nonce) ?? []
    const expiresAt = Number.parseInt(expiry, 16)
    if (!isSameSecret(mac, this.#mac(expiry + random)) || !(expiresAt > this.#now())) return false
    return this.#used.add(nonce, expiresAt)
  }

  #mac(said: string): string {
    return hmacHex(this.#key, `nonce:${said}`)
  }
}
