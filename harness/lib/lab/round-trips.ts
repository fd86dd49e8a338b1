/** When a request began and ended. */
export interface Span {
  start: number
  end: number
}

/**
 * The length of the longest row of requests of which each began when the one before had ended: what remains of the
 * time where the network is slow.
 */
export function countRoundTrips(spans: readonly Span[]): number {
  let count = 0
  let lastEnd = Number.NEGATIVE_INFINITY
  for (const { start, end } of [...spans].sort((a, b) => a.end - b.end)) {
    if (start < lastEnd) continue
    count += 1
    lastEnd = end
  }
  return count
}

/** Runs a task, and counts the round trips of this page to `origin` meanwhile, whoever asked for them. */
export async function watchRoundTrips(origin: string, task: () => Promise<void>): Promise<number> {
  performance.clearResourceTimings()
  const start = performance.now()
  await task()
  const end = performance.now()
  // A request is noted only when the browser has come to the end of its answer.
  await new Promise((resolve) => setTimeout(resolve))
  const spans = performance
    .getEntriesByType('resource')
    .filter(({ name, startTime }) => startTime >= start && startTime <= end && name.startsWith(origin))
    .map(({ startTime, duration }) => ({ start: startTime, end: startTime + duration }))
  return countRoundTrips(spans)
}
