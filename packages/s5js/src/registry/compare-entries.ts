import { equalBytes } from '../bytes/bytes'
import type { RegistryEntry } from './entry'

/** Whether they say the same; of the same key, two signatures of the same words are the same. */
export function isSameEntry(left: RegistryEntry, right: RegistryEntry): boolean {
  return left.revision === right.revision && equalBytes(left.data, right.data)
}

/** The one with the highest revision, the first of several. */
export function highestEntry(entries: readonly RegistryEntry[]): RegistryEntry | undefined {
  return entries.reduce<RegistryEntry | undefined>(
    (best, entry) => (best === undefined || entry.revision > best.revision ? entry : best),
    undefined,
  )
}
