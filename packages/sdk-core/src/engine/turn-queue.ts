import { QueueFullError } from '../errors/conflict-errors'
import type { Logger } from '../observe/log'
import { type LockTable, withConversationLock } from '../storage/keyed-lock'

export interface TurnQueueOptions {
  log: Logger
  /** Turns of one key that may wait or run. */
  maxQueued: number
  /** How long one may hold the lock, in ms. */
  deadlineMs: number
}

/** Runs turns of one key one after another, in the order they came; those of different keys in parallel. */
export class TurnQueue {
  readonly #options: TurnQueueOptions
  readonly #locks: LockTable = new Map()
  readonly #lengthByKey = new Map<string, number>()

  constructor(options: TurnQueueOptions) {
    this.#options = options
  }

  /**
   * @throws QueueFullError at once; LockTimeoutError past the deadline; the reason of `signal` where it is aborted
   * while the task waits: it is then never begun
   */
  async run<T>(
    lockKey: string,
    task: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const length = this.#lengthByKey.get(lockKey) ?? 0
    if (length >= this.#options.maxQueued) throw new QueueFullError()
    this.#lengthByKey.set(lockKey, length + 1)
    try {
      return signal === undefined
        ? await this.#hold(lockKey, task)
        : await beginOrAbort(signal, (begin) => this.#hold(lockKey, task, begin))
    } finally {
      this.#leave(lockKey)
    }
  }

  #hold<T>(lockKey: string, task: (signal: AbortSignal) => Promise<T>, begin = () => {}): Promise<T> {
    const { log, deadlineMs } = this.#options
    log.debug({ lockKey }, 'Acquiring conversation lock')
    const held = withConversationLock(
      lockKey,
      (signal) => {
        begin()
        return task(signal)
      },
      { locks: this.#locks, deadlineMs },
    )
    return held.finally(() => log.debug({ lockKey }, 'Released conversation lock'))
  }

  #leave(lockKey: string): void {
    const length = (this.#lengthByKey.get(lockKey) ?? 1) - 1
    if (length === 0) this.#lengthByKey.delete(lockKey)
    else this.#lengthByKey.set(lockKey, length)
  }
}

/** Rejects on an abort until `begin` is called, which throws after one; then it is as `wait` ends. */
function beginOrAbort<T>(signal: AbortSignal, wait: (begin: () => void) => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    const stop = () => signal.removeEventListener('abort', abort)
    const begin = () => {
      stop()
      signal.throwIfAborted()
    }
    wait(begin).then(resolve, reject).finally(stop)
  })
}
