import { InvalidInputError } from '../errors/caller-errors'
import { DeadlineExceededError } from '../errors/network-errors'
import type { Call, CallOptions } from './call-options'

// Timers hold 32-bit milliseconds: a longer one would fire at once.
const MAX_TIMEOUT_MS = 2 ** 31 - 1

/**
 * Runs a task under a deadline and the caller's signal.
 * Rejects with the signal's own reason after an abort, even if the task came to its end, and with
 * DeadlineExceededError when the task fails after the deadline.
 */
export async function withDeadline<T>(
  options: CallOptions,
  defaultTimeoutMs: number,
  task: (call: Call) => Promise<T>,
  controller = new AbortController(),
): Promise<T> {
  const timeoutMs = checkedTimeout(options.timeoutMs ?? defaultTimeoutMs)
  const { signal } = controller
  const onDeadline = () => controller.abort(new DeadlineExceededError(timeoutMs))
  options.signal?.throwIfAborted()
  // A signal that many calls share would warn of too many listeners; a signal derived from it does not.
  const caller = options.signal && AbortSignal.any([options.signal])
  const onAbort = () => controller.abort(caller?.reason)
  caller?.addEventListener('abort', onAbort, { once: true })
  const timer = setTimeout(onDeadline, timeoutMs)
  try {
    const result = await task({ signal, timeoutMs })
    caller?.throwIfAborted()
    return result
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  } finally {
    clearTimeout(timer)
    caller?.removeEventListener('abort', onAbort)
  }
}

/** Settles as the promise does, or rejects with the signal's reason if that comes first. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason)
  })
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

function checkedTimeout(timeoutMs: number): number {
  if (!(timeoutMs > 0)) throw new InvalidInputError('timeoutMs is a number of milliseconds above 0')
  return Math.min(timeoutMs, MAX_TIMEOUT_MS)
}
