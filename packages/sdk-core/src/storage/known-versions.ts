import type { StoredVersion } from './head-reader'
import { LruMap } from './lru-map'
import { keyOf } from './place'
import { isNewerVersion } from './survey'

/** How many conversations' newest versions are kept in memory. */
export const KEPT_VERSIONS = 256

/**
 * The newest version of each place that this device has seen, by the key of the place: what is known of one epoch is
 * never mixed with another. What is known never goes back.
 */
export class KnownVersions {
  readonly #latest = new LruMap<string, StoredVersion>(KEPT_VERSIONS)
  /** Versions that a quorum was seen to hold. */
  readonly #acknowledged = new WeakSet<StoredVersion>()
  /** Keys of places of which the network does not hold what is known, as far as is known. */
  readonly #inDoubt = new Set<string>()

  get(key: string): StoredVersion | undefined {
    return this.#latest.get(key)
  }

  /** Whether `version` is newer than what was known. */
  keep(version: StoredVersion): boolean {
    const key = keyOf(version.head.id, version.head.epoch)
    const known = this.#latest.get(key)
    if (known !== undefined && !isNewerVersion(version, known)) return false
    this.#latest.set(key, version)
    return true
  }

  acknowledge(version: StoredVersion): void {
    this.#acknowledged.add(version)
  }

  isAcknowledged(version: StoredVersion): boolean {
    return this.#acknowledged.has(version)
  }

  /** Notes whether the network is known to lack something of what is known of a place. */
  doubt(key: string, isInDoubt: boolean): void {
    if (isInDoubt) this.#inDoubt.add(key)
    else this.#inDoubt.delete(key)
  }

  isInDoubt(key: string): boolean {
    return this.#inDoubt.has(key)
  }

  clear(): void {
    this.#latest.clear()
    this.#inDoubt.clear()
  }
}
