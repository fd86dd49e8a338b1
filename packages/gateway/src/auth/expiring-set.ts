/** Remembers texts until they expire. */
export class ExpiringSet {
  readonly #expiryByText = new Map<string, number>()
  readonly #now: () => number

  /** @param now ms since 1970 */
  constructor(now: () => number) {
    this.#now = now
  }

  /** @returns whether the text was not there yet */
  add(text: string, expiresAt: number): boolean {
    this.#forgetExpired()
    if (this.#expiryByText.has(text)) return false
    this.#expiryByText.set(text, expiresAt)
    return true
  }

  has(text: string): boolean {
    return (this.#expiryByText.get(text) ?? 0) > this.#now()
  }

  /** The oldest come first: all of one set live equally long, or nearly so. */
  #forgetExpired(): void {
    for (const [text, expiresAt] of this.#expiryByText) {
      if (expiresAt > this.#now()) return
      this.#expiryByText.delete(text)
    }
  }
}
