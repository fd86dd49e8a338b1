import type { Logger } from '../observe/log'

/** Tells who watches the list of what this instance saves: for stores that cannot tell of anything. */
export class OwnChanges {
  readonly #listeners = new Map<object, () => void>()
  readonly #log: Logger

  constructor(log: Logger) {
    this.#log = log
  }

  /** Calls back until the function that it gives back is called. */
  listen(listener: () => void): () => void {
    const key = {}
    this.#listeners.set(key, listener)
    return () => void this.#listeners.delete(key)
  }

  tell(): void {
    for (const listener of [...this.#listeners.values()]) {
      try {
        listener()
      } catch (error) {
        this.#log.warn({ error }, 'A listener of the list failed')
      }
    }
  }
}
