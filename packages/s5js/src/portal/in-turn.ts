import { S5Error } from '../errors/s5-error'
import type { Call } from '../http/call-options'
import { withDeadline } from '../http/with-deadline'

/**
 * Tries candidates one after another until one gives a result; undefined if none has one.
 * Each gets an equal share of the time, so that one that hangs does not keep the others from being asked.
 * If none has a result and one failed, throws that error.
 */
export async function firstResult<C, T>(
  candidates: readonly C[],
  call: Call,
  attempt: (candidate: C, call: Call) => Promise<T | undefined>,
): Promise<T | undefined> {
  const [only, ...others] = candidates
  if (only !== undefined && others.length === 0) return attempt(only, call)
  const failures: unknown[] = []
  for (const candidate of candidates) {
    try {
      const share = { signal: call.signal, timeoutMs: call.timeoutMs / candidates.length }
      const result = await withDeadline(share, call.timeoutMs, (part) => attempt(candidate, part))
      if (result !== undefined) return result
    } catch (error) {
      call.signal.throwIfAborted()
      failures.push(error)
    }
  }
  if (failures.length > 0) throw mostHopeful(failures)
  return undefined
}

/** Of several failures the one that says most about what to do next: a retryable one, else the first. */
export function mostHopeful(failures: readonly unknown[]): unknown {
  return failures.find((failure) => failure instanceof S5Error && failure.retryable) ?? failures[0]
}
