import { StoreUnavailableError } from '../../errors/storage-errors'
import type { Gathering } from './gathering'

/** @throws the failure that says most about what to do next */
export function requireEnough(gathering: Gathering<unknown>, signal: AbortSignal): void {
  if (!gathering.hasEnough) throw mostHopeful([...gathering.failures.values()], signal)
}

/** One that may go away by itself, else the first. */
export function mostHopeful(failures: readonly unknown[], signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason
  const isHopeful = (failure: unknown) => failure instanceof StoreUnavailableError && failure.retryable
  return failures.find(isHopeful) ?? failures[0]
}
