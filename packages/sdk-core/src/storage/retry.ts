import pRetry from 'p-retry'
import { SDKError } from '../errors/sdk-error'

/** The waits before the second, third and fourth attempt, in ms: 200, 400, 800. */
const FIRST_WAIT_MS = 200
const WAIT_FACTOR = 2

/**
 * Runs `attempt` up to `1 + maxRetries` times, as long as it fails with a retryable `SDKError`.
 * @throws the last error, or the signal's reason.
 */
export function retryWithBackoff<T>(
  attempt: () => Promise<T>,
  options: { maxRetries: number; signal: AbortSignal; onRetry?: (error: Error, attempt: number) => void },
): Promise<T> {
  return pRetry(attempt, {
    retries: options.maxRetries,
    minTimeout: FIRST_WAIT_MS,
    factor: WAIT_FACTOR,
    signal: options.signal,
    shouldRetry: ({ error }) => error instanceof SDKError && error.retryable,
    onFailedAttempt: ({ error, attemptNumber, retriesLeft }) => {
      if (retriesLeft > 0 && error instanceof SDKError && error.retryable)
        options.onRetry?.(error, attemptNumber)
    },
  })
}
