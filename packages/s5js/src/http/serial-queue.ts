import type { Call } from './call-options'
import { untilAborted } from './with-deadline'

/** Runs tasks one after another, in the order they came. A call that ends while waiting never starts. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve()

  run<T>(call: Call, task: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => {
      call.signal.throwIfAborted()
      return task()
    })
    this.#last = turn.catch(() => undefined)
    return untilAborted(turn, call.signal)
  }
}
