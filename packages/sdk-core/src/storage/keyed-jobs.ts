import type { Logger } from '../observe/log'

/** Work that goes on beside saves, at most one job for each key at a time. */
export class KeyedJobs {
  readonly #log: Logger
  readonly #failure: string
  readonly #running = new Map<string, Promise<void>>()
  readonly #ended = new AbortController()

  /** @param failure what is logged when a job fails */
  constructor(log: Logger, failure: string) {
    this.#log = log
    this.#failure = failure
  }

  /** Ends the jobs; aborted by `close`. */
  get signal(): AbortSignal {
    return this.#ended.signal
  }

  /** Whether a job of `key` would start now. */
  isFree(key: string): boolean {
    return !this.#running.has(key) && !this.signal.aborted
  }

  /** Starts a job of `key` if none is under way. Never throws: a job that fails is tried at the next occasion. */
  start(key: string, job: () => Promise<void>): void {
    if (!this.isFree(key)) return
    const running = job()
      .catch((error: unknown) => this.#log.debug({ error }, this.#failure))
      .finally(() => this.#running.delete(key))
    this.#running.set(key, running)
  }

  /** Lets what runs go on for `graceMs`, then ends it. */
  async close(graceMs = 0): Promise<void> {
    const end = () => this.#ended.abort()
    if (graceMs === 0) end()
    const timer = setTimeout(end, graceMs)
    await Promise.all(this.#running.values())
    clearTimeout(timer)
    end()
  }
}
