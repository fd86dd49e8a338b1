import { ClosedError } from '../errors/caller-errors'
import type { Call, CallOptions } from './call-options'
import { withDeadline } from './with-deadline'

/** All calls of one client: each has a deadline, and closing ends them all. */
export class CallScope {
  readonly #timeoutMs: number
  readonly #running = new Set<AbortController>()
  #isClosed = false

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  async run<T>(options: CallOptions, task: (call: Call) => Promise<T>): Promise<T> {
    this.requireOpen()
    const controller = new AbortController()
    this.#running.add(controller)
    try {
      return await withDeadline(options, this.#timeoutMs, task, controller)
    } finally {
      this.#running.delete(controller)
    }
  }

  /** @throws ClosedError */
  requireOpen(): void {
    if (this.#isClosed) throw closed()
  }

  /** Calls under way reject with ClosedError, later ones too. */
  close(): void {
    this.#isClosed = true
    for (const controller of this.#running) controller.abort(closed())
  }
}

function closed(): ClosedError {
  return new ClosedError('A closed S5 client')
}
