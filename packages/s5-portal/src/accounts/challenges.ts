import { randomBytes } from 'node:crypto'

/** What a challenge is good for. */
export type ChallengeKind = 'register' | 'login'

const CHALLENGE_BYTES = 32
const LIFETIME_MS = 5 * 60_000
const MAX_PENDING = 10_000

/**
 * Challenges that wait for their answer. Each is known by its kind, its key and its own bytes, so that two
 * devices of one identity do not get in each other's way. When too many wait, the oldest is dropped.
 */
export class Challenges {
  readonly #expiryByName = new Map<string, number>()
  readonly #now: () => number

  /** @param now - Unix milliseconds */
  constructor(now: () => number) {
    this.#now = now
  }

  /** @returns 32 random bytes that can be answered once, within five minutes. */
  issue(kind: ChallengeKind, publicKey: Uint8Array): Uint8Array {
    const challenge = randomBytes(CHALLENGE_BYTES)
    this.#expiryByName.set(nameOf(kind, publicKey, challenge), this.#now() + LIFETIME_MS)
    this.#dropOldest()
    return challenge
  }

  /** @returns whether the challenge was waiting; it is used up whatever its answer turns out to be. */
  take(kind: ChallengeKind, publicKey: Uint8Array, challenge: Uint8Array): boolean {
    const name = nameOf(kind, publicKey, challenge)
    const expiry = this.#expiryByName.get(name)
    this.#expiryByName.delete(name)
    return expiry !== undefined && this.#now() <= expiry
  }

  #dropOldest(): void {
    const [oldest] = this.#expiryByName.keys()
    if (this.#expiryByName.size > MAX_PENDING && oldest !== undefined) this.#expiryByName.delete(oldest)
  }
}

function nameOf(kind: ChallengeKind, publicKey: Uint8Array, challenge: Uint8Array): string {
  return [kind, ...[publicKey, challenge].map((bytes) => Buffer.from(bytes).toString('hex'))].join(':')
}
