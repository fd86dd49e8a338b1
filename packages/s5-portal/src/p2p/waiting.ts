/** Questions that were asked of a peer and wait for their answer, by a key that question and answer share. */
export class Waiting<T> {
  readonly #settleByKey = new Map<string, (answer: T | undefined) => void>()

  /** @returns the answer, or `undefined` when none came within `ms` or the peer is gone. */
  wait(key: string, ms: number): Promise<T | undefined> {
    return new Promise((resolve) => {
      const settle = (answer: T | undefined) => {
        clearTimeout(timer)
        if (this.#settleByKey.get(key) === settle) this.#settleByKey.delete(key)
        resolve(answer)
      }
      const timer = setTimeout(settle, ms, undefined)
      this.#settleByKey.get(key)?.(undefined)
      this.#settleByKey.set(key, settle)
    })
  }

  settle(key: string, answer: T): void {
    this.#settleByKey.get(key)?.(answer)
  }

  /** Ends all waiting without an answer. */
  giveUp(): void {
    for (const settle of [...this.#settleByKey.values()]) settle(undefined)
  }
}
