import { SDKError } from '../errors/sdk-error'
import { StoreUnavailableError } from '../errors/storage-errors'
import { eitherSignal } from './either-signal'

/**
 * Runs `task` with a signal that ends it after `deadlineMs` or when the caller's `signal` does.
 * @throws StoreUnavailableError with outcome `unknown` past the deadline; the signal's reason on an abort.
 */
export async function withDeadline<T>(
  deadlineMs: number,
  signal: AbortSignal | undefined,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = AbortSignal.timeout(deadlineMs)
  try {
    return await task(eitherSignal(deadline, signal))
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason
    if (!deadline.aborted || error instanceof SDKError) throw error
    throw new StoreUnavailableError(`no result within ${deadlineMs} ms`, { cause: error, outcome: 'unknown' })
  }
}
