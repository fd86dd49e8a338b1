import type { Sdk, StorageStats } from '@s5-conversations/sdk-core'

/** What is counted of storage, in the order in which it is shown. */
export const COUNTS = [
  'requests',
  'bytesUp',
  'bytesDown',
  'saves',
  'conflicts',
  'retries',
  'merges',
  'rollbacks',
] as const satisfies readonly (keyof StorageStats)[]

export type Counts = Record<(typeof COUNTS)[number], number>

/** What all of them did together, since they were made. */
export function sumOfStats(sdks: readonly Sdk[]): Counts {
  const all = sdks.map((sdk) => sdk.storage.getStats())
  return fromEach((name) => all.reduce((sum, stats) => sum + stats[name], 0))
}

export function countsBetween(before: Counts, after: Counts): Counts {
  return fromEach((name) => after[name] - before[name])
}

function fromEach(count: (name: keyof Counts) => number): Counts {
  return Object.fromEntries(COUNTS.map((name) => [name, count(name)])) as Counts
}
