import { type OnFrame, onNextFrame } from './frame'

/**
 * Something that is watched by user interfaces: a snapshot that stays the same object until something changes, and
 * listeners that are called at most once a frame. It listens to nothing before somebody listens to it.
 */
export abstract class Observed<T> {
  readonly #listeners = new Set<() => void>()
  readonly #onFrame: OnFrame
  #snapshot: T
  #isOutdated = false
  #isTelling = false
  #hasStarted = false

  constructor(initial: T, onFrame: OnFrame = onNextFrame) {
    this.#snapshot = initial
    this.#onFrame = onFrame
  }

  /** The present state. It is made when it is asked for, so that what nobody looks at costs nothing. */
  readonly getSnapshot = (): T => {
    if (this.#isOutdated) {
      this.#isOutdated = false
      this.#snapshot = this.read(this.#snapshot)
    }
    return this.#snapshot
  }

  /** Calls back after changes, until the function that it gives back is called. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    if (!this.#hasStarted) {
      this.#hasStarted = true
      this.start()
    }
    return () => void this.#listeners.delete(listener)
  }

  /** Whether somebody watches, or something is still under way. */
  get isInUse(): boolean {
    return this.#listeners.size > 0
  }

  /** Lets go of all it listens to. */
  abstract close(): Promise<void> | void

  protected abstract start(): void

  protected abstract read(previous: T): T

  /** Something that the snapshot shows is different. */
  protected changed(): void {
    this.#isOutdated = true
    if (this.#isTelling || this.#listeners.size === 0) return
    this.#isTelling = true
    this.#onFrame(() => {
      this.#isTelling = false
      for (const listener of [...this.#listeners]) listener()
    })
  }
}
