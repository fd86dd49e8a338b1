import { settledWithin } from './settled-within'

/** How long closing waits for portals that are later than the quorum, in ms. */
const LONGEST_WAIT_MS = 2_000

/** What goes on after its caller was answered. */
export class Background {
  readonly #running = new Set<Promise<unknown>>()

  /** @param task does not reject */
  add(task: Promise<unknown>): void {
    this.#running.add(task)
    task.finally(() => this.#running.delete(task))
  }

  /** Resolves when nothing goes on, or when that takes too long. */
  async whenIdle(): Promise<void> {
    if (this.#running.size > 0) await settledWithin(LONGEST_WAIT_MS, Promise.all(this.#running))
  }
}
