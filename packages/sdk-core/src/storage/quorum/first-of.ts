import { settledWithin } from './settled-within'

/** A candidate that says nothing for so long is not waited for alone, in ms. */
const HEDGE_MS = 500

/** What came of asking one after another. */
export interface Asked<C, T> {
  result: T | undefined
  /** Candidates that had said nothing when a later one gave the result. */
  outrun: readonly C[]
  failures: readonly unknown[]
}

/**
 * The first result of `candidates`, asked in their order: the next one as soon as one has none, fails, or is
 * silent for too long. What is under way when there is a result is ended.
 */
export async function firstOf<C, T>(
  candidates: readonly C[],
  signal: AbortSignal,
  ask: (candidate: C, signal: AbortSignal) => Promise<T | undefined>,
): Promise<Asked<C, T>> {
  const over = new AbortController()
  const either = AbortSignal.any([signal, over.signal])
  const underWay = new Set<C>()
  const asked: Asked<C, T> & { failures: unknown[] } = { result: undefined, outrun: [], failures: [] }

  async function tryOne(candidate: C): Promise<void> {
    underWay.add(candidate)
    try {
      const result = await ask(candidate, either)
      underWay.delete(candidate)
      if (result === undefined || asked.result !== undefined) return
      Object.assign(asked, { result, outrun: [...underWay] })
      over.abort()
    } catch (error) {
      underWay.delete(candidate)
      asked.failures.push(error)
    }
  }

  async function tryFrom(index: number): Promise<void> {
    const candidate = candidates[index]
    if (candidate === undefined) return
    const tried = tryOne(candidate)
    await settledWithin(HEDGE_MS, tried)
    if (asked.result === undefined) await Promise.all([tried, tryFrom(index + 1)])
  }

  await tryFrom(0)
  return asked
}
