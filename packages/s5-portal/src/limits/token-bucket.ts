/** Lets through `perSecond` events a second, and as many at once after a second of silence. */
export class TokenBucket {
  readonly #perSecond: number
  readonly #now: () => number
  #tokens: number
  #filledAt: number

  /** @param now - milliseconds */
  constructor(perSecond: number, now: () => number) {
    this.#perSecond = perSecond
    this.#now = now
    this.#tokens = perSecond
    this.#filledAt = now()
  }

  get isFull(): boolean {
    this.#fill()
    return this.#tokens === this.#perSecond
  }

  /** @returns 0 when the event may pass, else the milliseconds until the next one may. */
  take(): number {
    this.#fill()
    if (this.#tokens < 1) return Math.ceil(((1 - this.#tokens) / this.#perSecond) * 1000)
    this.#tokens -= 1
    return 0
  }

  /** @returns 0, or the milliseconds until what was taken too early is paid back. */
  borrow(): number {
    this.#fill()
    this.#tokens -= 1
    return this.#tokens >= 0 ? 0 : Math.ceil((-this.#tokens / this.#perSecond) * 1000)
  }

  #fill(): void {
    const now = this.#now()
    const gained = (Math.max(0, now - this.#filledAt) / 1000) * this.#perSecond
    this.#tokens = Math.min(this.#perSecond, this.#tokens + gained)
    this.#filledAt = now
  }
}
