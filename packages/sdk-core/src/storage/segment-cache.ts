import type { StoredRecord } from '../conversation/record'

/** How many bytes of sealed blobs the records kept in memory may stand for. */
const CAPACITY_BYTES = 8 * 1024 * 1024

interface CachedSegment {
  records: ReadonlyMap<string, StoredRecord>
  size: number
}

/** The records of segments read or written lately. Segments never change, and their names are random. */
export class SegmentCache {
  readonly #segments = new Map<string, CachedSegment>()
  #bytes = 0

  get(name: string): ReadonlyMap<string, StoredRecord> | undefined {
    const segment = this.#segments.get(name)
    if (segment === undefined) return undefined
    this.#segments.delete(name)
    this.#segments.set(name, segment)
    return segment.records
  }

  /** @param size of the sealed blob, in bytes */
  set(name: string, records: ReadonlyMap<string, StoredRecord>, size: number): void {
    if (this.#segments.has(name) || size > CAPACITY_BYTES) return
    this.#segments.set(name, { records, size })
    this.#bytes += size
    for (const [oldest, segment] of this.#segments) {
      if (this.#bytes <= CAPACITY_BYTES) return
      this.#segments.delete(oldest)
      this.#bytes -= segment.size
    }
  }

  clear(): void {
    this.#segments.clear()
    this.#bytes = 0
  }
}
