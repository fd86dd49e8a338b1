import { randomBytes } from 'node:crypto'

/** What a challenge is good for. */
export type ChallengeKind = 'register' | 'login'

const CHALLENGE_BYTES = 32
const LIFETIME_MS = 5 * 60_000
const MAX_PENDING = 10_000

interface Waiting {
  /** Unix milliseconds. */
  readonly expiry: number
  readonly owner: string
}

/** Who asks for a challenge: what it does must not use up what others need. */
export interface ChallengeOwner {
  readonly address: string
  /** So many of its challenges may wait. */
  readonly max: number
}

/**
 * Challenges that wait for their answer. Each is known by its kind, its key and its own bytes, so that two
 * devices of one identity do not get in each other's way. When too many wait, of one owner or in all, the oldest
 * is dropped.
 */
export class Challenges {
  readonly #waitingByName = new Map<string, Waiting>()
  readonly #namesByOwner = new Map<string, Set<string>>()
  readonly #now: () => number

  /** @param now - Unix milliseconds */
  constructor(now: () => number) {
    this.#now = now
  }

  /** @returns 32 random bytes that can be answered once, within five minutes. */
  issue(kind: ChallengeKind, publicKey: Uint8Array, owner: ChallengeOwner): Uint8Array {
    const challenge = randomBytes(CHALLENGE_BYTES)
    const name = nameOf(kind, publicKey, challenge)
    this.#waitingByName.set(name, { expiry: this.#now() + LIFETIME_MS, owner: owner.address })
    const own = this.#namesByOwner.get(owner.address) ?? new Set()
    this.#namesByOwner.set(owner.address, own.add(name))
    if (own.size > owner.max) this.#dropOldest(own)
    if (this.#waitingByName.size > MAX_PENDING) this.#dropOldest(this.#waitingByName.keys())
    return challenge
  }

  /** @returns whether the challenge was waiting; it is used up whatever its answer turns out to be. */
  take(kind: ChallengeKind, publicKey: Uint8Array, challenge: Uint8Array): boolean {
    const name = nameOf(kind, publicKey, challenge)
    const waiting = this.#waitingByName.get(name)
    this.#drop(name)
    return waiting !== undefined && this.#now() <= waiting.expiry
  }

  #dropOldest(names: Iterable<string>): void {
    const [oldest] = names
    if (oldest !== undefined) this.#drop(oldest)
  }

  #drop(name: string): void {
    const owner = this.#waitingByName.get(name)?.owner ?? ''
    this.#waitingByName.delete(name)
    const own = this.#namesByOwner.get(owner)
    own?.delete(name)
    if (own?.size === 0) this.#namesByOwner.delete(owner)
  }
}

function nameOf(kind: ChallengeKind, publicKey: Uint8Array, challenge: Uint8Array): string {
  return [kind, ...[publicKey, challenge].map((bytes) => Buffer.from(bytes).toString('hex'))].join(':')
}
