import type { Logger } from '../observe/log'
import type { Committer } from './commit'
import { sealSegment } from './head-codec'
import type { HeadStore } from './head-store'
import { KeyedJobs } from './keyed-jobs'
import type { Network } from './network'
import { meltSegments, segmentsToCompact } from './segments'

/**
 * Melts eight segments of a tier into one of the next, so that a head names few of them. Runs beside saves:
 * the large blobs are read and written without holding anybody up, and only the new head takes a turn.
 */
export class Compactor {
  readonly #heads: HeadStore
  readonly #network: Network
  readonly #committer: Committer
  readonly #jobs: KeyedJobs

  constructor(heads: HeadStore, network: Network, committer: Committer, log: Logger) {
    this.#heads = heads
    this.#network = network
    this.#committer = committer
    this.#jobs = new KeyedJobs(log, 'Compaction gave up')
  }

  /** Starts a compaction of `id` if it is due and none is under way. Never throws: the next save asks again. */
  consider(id: string): void {
    if (!this.#jobs.isFree(id)) return
    const base = this.#heads.latest(id)
    if (base === undefined || segmentsToCompact(base.head).length === 0) return
    this.#jobs.start(id, () => this.#compact(id))
  }

  /** Ends what runs; a compaction that is cut off changes nothing. */
  close(): Promise<void> {
    return this.#jobs.close()
  }

  async #compact(id: string): Promise<void> {
    const { signal } = this.#jobs
    const place = await this.#heads.open(id)
    for (;;) {
      const base = this.#heads.latest(id, place.key)
      const refs = base === undefined ? [] : segmentsToCompact(base.head)
      const scheme = base?.scheme
      if (base === undefined || scheme === undefined || refs.length === 0) return
      const { sealed } = await this.#heads.withSegments(place, base, refs, signal)
      const melted = await Promise.all(
        meltSegments(refs, sealed).map((segment) => sealSegment(segment, scheme, place.keys, this.#network)),
      )
      await Promise.all(melted.map(({ blob }) => this.#network.upload(blob, signal)))
      for (const { ref, records } of melted) this.#heads.segments.set(ref.name, records, ref.size)
      const replaced = await this.#committer.replaceSegments(place, refs, melted, signal)
      if (!replaced) return
    }
  }
}
