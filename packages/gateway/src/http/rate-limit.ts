/** So many clients are remembered before those that do nothing are forgotten. */
const MANY_CLIENTS = 10_000
/** How many seconds' worth of requests may come at once. */
const BURST_S = 4

interface Bucket {
  tokens: number
  filledAt: number
}

/** Lets each client make so many requests a second, and a few seconds' worth of them at once. */
export class RateLimit {
  readonly #perSecond: number
  readonly #now: () => number
  readonly #bucketByClient = new Map<string, Bucket>()

  /** @param now ms */
  constructor(perSecond: number, now: () => number) {
    this.#perSecond = perSecond
    this.#now = now
  }

  /** @returns whether the client may make one more request now */
  take(client: string): boolean {
    const bucket = this.#bucketByClient.get(client) ?? { tokens: this.#capacity, filledAt: this.#now() }
    this.#fill(bucket)
    this.#bucketByClient.set(client, bucket)
    if (this.#bucketByClient.size > MANY_CLIENTS) this.#forgetIdle()
    if (bucket.tokens < 1) return false
    bucket.tokens -= 1
    return true
  }

  get #capacity(): number {
    return this.#perSecond * BURST_S
  }

  #fill(bucket: Bucket): void {
    const now = this.#now()
    const gained = (Math.max(0, now - bucket.filledAt) / 1000) * this.#perSecond
    bucket.tokens = Math.min(this.#capacity, bucket.tokens + gained)
    bucket.filledAt = now
  }

  /** Those whose bucket is full again begin anew without gaining by it. */
  #forgetIdle(): void {
    for (const [client, bucket] of this.#bucketByClient) {
      this.#fill(bucket)
      if (bucket.tokens === this.#capacity) this.#bucketByClient.delete(client)
    }
  }
}
