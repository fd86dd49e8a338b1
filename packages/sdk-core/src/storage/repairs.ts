import { isSameBytes } from '../conversation/codec'
import type { Logger } from '../observe/log'
import type { Committer } from './commit'
import type { StoredVersion } from './head-reader'
import type { HeadStore } from './head-store'
import { KeyedJobs } from './keyed-jobs'
import { LruMap } from './lru-map'
import type { Place } from './place'
import { laggards } from './survey'

/** A portal that still shows an old version after a repair is not repaired again for so long, in ms. */
const REST_MS = 30_000
const REMEMBERED_REPAIRS = 1024

/**
 * Makes portals agree again, beside everything else: histories that went apart become one version, and
 * portals that lag or lost something get what the others hold. What fails is tried at the next occasion.
 */
export class Repairs {
  readonly #heads: HeadStore
  readonly #committer: Committer
  readonly #jobs: KeyedJobs
  /** When a portal was brought a version last. */
  readonly #repairedAt = new LruMap<string, number>(REMEMBERED_REPAIRS)

  constructor(heads: HeadStore, committer: Committer, log: Logger) {
    this.#heads = heads
    this.#committer = committer
    this.#jobs = new KeyedJobs(log, 'A repair failed')
  }

  /** Starts a repair of `id` if none is under way. Never throws. */
  consider(id: string): void {
    this.#jobs.start(id, () => this.#repair(id, this.#jobs.signal))
  }

  /** Cuts off what runs; each step of it leaves the portals as good as before. */
  close(): Promise<void> {
    return this.#jobs.close()
  }

  async #repair(id: string, signal: AbortSignal): Promise<void> {
    const place = await this.#heads.open(id)
    const { base, held } = await this.#heads.survey(place, signal)
    if (base === undefined) return
    const [only, ...others] = base.parents
    const whole = held.find(({ pointer }) => only && pointer && isSameBytes(pointer.hash, only))?.version
    if (whole === undefined || others.length > 0) await this.#committer.republish(id, signal)
    else
      await Promise.all(laggards(whole, held).map(({ portal }) => this.#bring(place, whole, portal, signal)))
  }

  async #bring(place: Place, version: StoredVersion, portal: string, signal: AbortSignal): Promise<void> {
    const repair = `${portal} ${version.cid}`
    if (Date.now() - (this.#repairedAt.get(repair) ?? 0) < REST_MS) return
    const names = version.head.segments.map(({ hash }) => hash)
    await place.pointer.repair(portal, version, names, signal)
    this.#repairedAt.set(repair, Date.now())
  }
}
