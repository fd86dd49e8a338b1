import { type HashedState, mergeStates } from '../conversation/merge'
import { withoutSegments } from '../conversation/state'
import type { Logger } from '../observe/log'
import type { StorageCounters } from '../observe/stats'
import { type Base, toBase } from './base'
import type { StoredVersion } from './head-reader'
import type { KnownVersions } from './known-versions'
import type { Network } from './network'
import { keyOf, type Place } from './place'
import { countHolders, laggards, newestVersions, type PortalVersion } from './survey'

export interface UnionOptions {
  known: KnownVersions
  network: Network
  counters: StorageCounters
  log: Logger
  /** Reads all segments of a version. @throws MissingBlobError, CorruptRecordError */
  complete(place: Place, version: StoredVersion, signal: AbortSignal): Promise<HashedState>
  /** Called when portals were seen to hold different versions, or less than was acknowledged. */
  onDisagreement(id: string): void
}

/** Puts together what portals hold and what this device knows. */
export class Union {
  readonly #options: UnionOptions

  constructor(options: UnionOptions) {
    this.#options = options
  }

  /** All that portals hold and this device knows, as what the next commit builds on; `undefined` where there is nothing. */
  async unite(
    place: Place,
    held: readonly PortalVersion[],
    revision: number,
    before: StoredVersion | undefined,
    signal: AbortSignal,
  ): Promise<Base | undefined> {
    const { known } = this.#options
    const found = newestVersions(distinct(held))
    for (const version of found) known.keep(version)
    const newest = newestVersions(distinct([...held, { version: known.get(place.key) }]))
    const [first, ...others] = newest
    if (first === undefined) return undefined
    if (others.length > 0) return this.#merge(place, first, others, held, revision, signal)
    if (found.includes(first)) return this.#judge(first, held, revision)
    const isSaidOtherwise = found.some(({ head }) => head.version === first.head.version)
    if (first !== before || isSaidOtherwise) return toBase(first, true)
    return this.#restore(place, first, held, revision, signal)
  }

  /** The one version that holds all the others: acknowledged only if it is on a quorum of portals. */
  #judge(version: StoredVersion, held: readonly PortalVersion[], revision: number): Base {
    const { known, network, onDisagreement } = this.#options
    const { id, epoch } = version.head
    const isHeld = countHolders(version, held) >= network.writeQuorum
    const isSettled = this.#isSettled(version, held, revision)
    if (isHeld && isSettled) known.acknowledge(version)
    known.doubt(keyOf(id, epoch), !(isHeld && isSettled))
    if (!isHeld || laggards(version, held).length > 0) onDisagreement(id)
    return { ...toBase(version, true), stored: isHeld ? version : undefined, revision, isSettled }
  }

  /**
   * Whether so many portals have been at `revision` that whatever was acknowledged at a lower one went
   * into what they hold: then nothing acknowledged is overtaken by the next revision.
   */
  #isSettled(known: StoredVersion, held: readonly PortalVersion[], revision: number): boolean {
    const { writeQuorum, readQuorum } = this.#options.network
    const arrived = held.filter(({ pointer }) => (pointer?.revision ?? 0) === revision).length
    const isAcknowledged = known.revision === revision && this.#options.known.isAcknowledged(known)
    return isAcknowledged || arrived >= Math.min(writeQuorum, readQuorum)
  }

  /** The network is behind what it had acknowledged: all of it is to be written again. */
  async #restore(
    place: Place,
    known: StoredVersion,
    held: readonly PortalVersion[],
    shown: number,
    signal: AbortSignal,
  ): Promise<Base> {
    this.#noteLoss(place)
    this.#options.log.warn(
      { revision: shown, known: known.revision },
      'The network is behind what it acknowledged',
    )
    const revision = Math.max(known.revision, shown)
    return {
      ...withoutSegments(await this.#options.complete(place, known, signal)),
      parents: [known.hash],
      revision,
      scheme: known.scheme,
      stored: undefined,
      isFresh: true,
      isSettled: this.#isSettled(known, held, revision),
    }
  }

  async #merge(
    place: Place,
    first: StoredVersion,
    others: readonly StoredVersion[],
    held: readonly PortalVersion[],
    shown: number,
    signal: AbortSignal,
  ): Promise<Base> {
    const all = [first, ...others]
    this.#noteLoss(place)
    this.#options.counters.merges += 1
    this.#options.log.warn({ versions: all.map(({ head }) => head.version) }, 'Uniting two histories')
    let merged: HashedState = await this.#options.complete(place, first, signal)
    for (const other of others) {
      merged = { ...merged, ...mergeStates(merged, await this.#options.complete(place, other, signal)) }
    }
    const revision = Math.max(shown, ...all.map((version) => version.revision))
    const latest = all.reduce((a, b) => (b.revision > a.revision ? b : a))
    return {
      head: merged.head,
      sealed: merged.sealed,
      parents: all.map(({ hash }) => hash),
      revision,
      scheme: all.every(({ scheme }) => scheme === first.scheme) ? first.scheme : 'xsalsa20-poly1305',
      stored: undefined,
      isFresh: true,
      isSettled: this.#isSettled(latest, held, revision),
    }
  }

  #noteLoss({ id, key }: Place): void {
    this.#options.known.doubt(key, true)
    this.#options.onDisagreement(id)
  }
}

function distinct(held: readonly { version: StoredVersion | undefined }[]): StoredVersion[] {
  return [...new Set(held.flatMap(({ version }) => version ?? []))]
}
