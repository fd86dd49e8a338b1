/** Runs tasks of one key one after another; tasks of different keys do not wait for each other. */
export class KeyedLock {
  readonly #lastByKey = new Map<string, Promise<unknown>>()

  /** @returns what `task` returns; it starts when every earlier task of `key` has ended, well or not. */
  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const turn = (this.#lastByKey.get(key) ?? Promise.resolve()).then(task, task)
    this.#lastByKey.set(key, turn)
    try {
      return await turn
    } finally {
      if (this.#lastByKey.get(key) === turn) this.#lastByKey.delete(key)
    }
  }
}
