import { bytesToHex } from '@noble/hashes/utils.js'
import type { Head } from '../conversation/head'
import type { Logger } from '../observe/log'
import type { OldHead } from './head-reader'
import type { HeadStore } from './head-store'
import { walkHeads } from './head-walk'
import { KeyedJobs } from './keyed-jobs'
import { mapInParallel } from './map-in-parallel'
import type { Network } from './network'
import type { Place } from './place'

/** Versions younger than this are never given up, in ms. */
const MIN_AGE_MS = 24 * 3_600_000
const CALLS_AT_ONCE = 8
/** Closing waits so long for what is under way, in ms. */
const CLOSING_MS = 5_000

/**
 * Tells the network which blobs are no longer needed, off the critical path: heads that no kept version names
 * and that are older than a day, and segments that only they name; all of a deleted conversation.
 */
export class Sweeper {
  readonly #heads: HeadStore
  readonly #network: Network
  readonly #jobs: KeyedJobs

  constructor(heads: HeadStore, network: Network, log: Logger) {
    this.#heads = heads
    this.#network = network
    this.#jobs = new KeyedJobs(log, 'Old versions were not all forgotten')
  }

  /** Sweeps behind a version that was just made, if it keeps another version than before or is a deletion. */
  consider({ id, version, checkpoints, deleted }: Head): void {
    const keepsMore = checkpoints.some(([kept]) => kept === version - 1)
    if (keepsMore || deleted === true) this.#jobs.start(id, () => this.#sweep(id))
  }

  /** Lets what runs come to its end for a few seconds, then ends it. */
  close(): Promise<void> {
    return this.#jobs.close(CLOSING_MS)
  }

  async #sweep(id: string): Promise<void> {
    const place = await this.#heads.open(id)
    const current = this.#heads.latest(id, place.key)
    if (current === undefined) return
    if (current.head.deleted === true) await this.#forgetAll(place, current.head)
    else await this.#forgetOld(place, current.head)
  }

  /** What is to be forgotten of a deleted conversation is forgotten as it is found: its content lies in the newest. */
  async #forgetAll(place: Place, { parents }: Head): Promise<void> {
    const last = await this.#read(place, parents)
    const checkpoints = last.flatMap(({ head }) => head.checkpoints)
    const done = new Set<string>()
    for await (const old of walkHeads(
      this.#heads,
      place,
      { hashes: parents, checkpoints },
      this.#jobs.signal,
    )) {
      await this.#forget(blobsOf(old), done)
    }
  }

  /** The oldest go first, so that the next sweep finds what an interrupted one has left. */
  async #forgetOld(place: Place, { parents, checkpoints, segments }: Head): Promise<void> {
    const before = Date.now() - MIN_AGE_MS
    const kept = await this.#read(
      place,
      checkpoints.map(([, hash]) => hash),
    )
    const needed = namesOf([...kept.flatMap(blobsOf), ...segments.map(({ hash }) => hash)])
    const last = await this.#read(place, parents)
    const once = last.flatMap(({ head }) =>
      head.checkpoints.flatMap(([, hash, time]) => (time < before ? [hash] : [])),
    )
    const oldKept = kept.filter(({ head }) => head.updatedAt < before)
    const hashes = [...once, ...oldKept.flatMap(({ head }) => head.parents)]
    const isUnneeded = (hash: Uint8Array) => !needed.has(bytesToHex(hash))
    const found: OldHead[] = []
    const start = { hashes: hashes.filter(isUnneeded) }
    for await (const old of walkHeads(this.#heads, place, start, this.#jobs.signal, isUnneeded))
      found.push(old)
    for (const old of found.reverse()) await this.#forget(blobsOf(old), needed)
  }

  /** Forgets what is not in `done`, and adds it. */
  async #forget(hashes: readonly Uint8Array[], done: Set<string>): Promise<void> {
    const open = hashes.filter((hash) => !done.has(bytesToHex(hash)))
    for (const hash of open) done.add(bytesToHex(hash))
    await mapInParallel(open, CALLS_AT_ONCE, (hash) => this.#network.forget(hash, this.#jobs.signal))
  }

  async #read(place: Place, hashes: readonly Uint8Array[]): Promise<OldHead[]> {
    const found = await mapInParallel(hashes, CALLS_AT_ONCE, (hash) =>
      this.#heads.readOld(place, hash, this.#jobs.signal),
    )
    return found.filter((head) => head !== undefined)
  }
}

function blobsOf({ head, hash }: OldHead): Uint8Array[] {
  return [...head.segments.map((segment) => segment.hash), hash]
}

function namesOf(hashes: readonly Uint8Array[]): Set<string> {
  return new Set(hashes.map((hash) => bytesToHex(hash)))
}
