import type { Clock } from '../../src/observe/clock'

interface Timer {
  at: number
  task: () => void
}

/** Time that stands still until it is told to go on. */
export class FakeClock implements Clock {
  #now = 1_700_000_000_000
  readonly #timers = new Set<Timer>()

  /** How many tasks wait. */
  get pending(): number {
    return this.#timers.size
  }

  now(): number {
    return this.#now
  }

  after(delayMs: number, task: () => void): () => void {
    const timer = { at: this.#now + delayMs, task }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  /** Runs what is due within `ms`; gives back how much that was. */
  advance(ms: number): number {
    this.#now += ms
    const due = [...this.#timers].filter(({ at }) => at <= this.#now)
    for (const timer of due) {
      this.#timers.delete(timer)
      timer.task()
    }
    return due.length
  }
}

/** The system's time, but each wait is a five-hundredth of what it should be. */
export const hastyClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs / 500)
    return () => clearTimeout(timer)
  },
}
