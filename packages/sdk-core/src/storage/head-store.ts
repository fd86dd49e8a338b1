import { isSameBytes } from '../conversation/codec'
import type { Head, SegmentRef } from '../conversation/head'
import { type HashedState, mergeStates } from '../conversation/merge'
import type { StoredRecord } from '../conversation/record'
import { type ConversationState, type SegmentContents, withoutSegments } from '../conversation/state'
import type { Scheme } from '../conversation/types'
import { CorruptRecordError } from '../errors/storage-errors'
import type { Logger } from '../observe/log'
import type { StorageCounters } from '../observe/stats'
import { type Base, toBase } from './base'
import {
  MissingBlobError,
  type OldHead,
  readHead,
  readSegment,
  readVersion,
  type StoredVersion,
} from './head-reader'
import { LruMap } from './lru-map'
import type { Network, Pointer, PortalAnswer } from './network'
import { ConversationMoved, type Location, learnNames, type Place } from './place'
import { resolveAnswers } from './resolve-answers'
import { SegmentCache } from './segment-cache'
import {
  countHolders,
  greatestRevision,
  isNewerVersion,
  laggards,
  newestVersions,
  type PortalVersion,
} from './survey'

/** How many conversations' newest versions are kept in memory. */
const KEPT_VERSIONS = 256

/** What a quorum of portals holds, put together. */
export interface Survey {
  /** All that they hold and this device knows; `undefined` where there is nothing. */
  base: Base | undefined
  held: readonly PortalVersion[]
}

export interface HeadStoreOptions {
  network: Network
  /** Where a conversation lies, for all that is known without asking for its pointer. */
  locate(id: string): Promise<Location>
  counters: StorageCounters
  log: Logger
  /** Whether the owner is known to have wanted this conversation readable by anyone. */
  isPlainWanted(id: string, signal: AbortSignal): Promise<boolean>
  /** Called when portals were seen to hold different versions, or less than was acknowledged. */
  onDisagreement(id: string): void
}

/**
 * The newest version of each conversation that this device knows of. What is known never goes back:
 * an answer that is behind is late, or comes from portals that lost something, and is then united with
 * what is known.
 */
export class HeadStore {
  readonly segments = new SegmentCache()
  readonly #options: HeadStoreOptions
  /** By the key of their place: what is known of one epoch is never mixed with another. */
  readonly #latest = new LruMap<string, StoredVersion>(KEPT_VERSIONS)
  readonly #places = new LruMap<string, Promise<Place>>(KEPT_VERSIONS)
  /** By id: the key of the place that was opened last. */
  readonly #keys = new LruMap<string, string>(KEPT_VERSIONS)
  /** Versions that a quorum was seen to hold. */
  readonly #acknowledged = new WeakSet<StoredVersion>()
  /** Keys of places of which the network does not hold what is known, as far as is known. */
  readonly #inDoubt = new Set<string>()

  constructor(options: HeadStoreOptions) {
    this.#options = options
  }

  open(id: string): Promise<Place> {
    const known = this.#places.get(id)
    if (known !== undefined) return known
    const place = this.#openAnew(id)
    this.#places.set(id, place)
    // What failed once, while the network could not be reached, is tried anew by the next call.
    place.catch(() => this.#places.delete(id))
    return place
  }

  /**
   * The newest version this device has seen, unless the network is known to lack some of it. Nothing is built on one
   * that goes on elsewhere.
   */
  latest(id: string, key = this.#keys.get(id) ?? id): Base | undefined {
    const version = this.#inDoubt.has(key) ? undefined : this.#latest.get(key)
    return version === undefined || version.head.moved !== undefined ? undefined : toBase(version, false)
  }

  /** The newest version of one epoch that this device has seen, whatever the network says. */
  known(id: string, epoch: number): StoredVersion | undefined {
    return this.#latest.get(keyOf(id, epoch))
  }

  /** The newest version of which this device knows that it was acknowledged. */
  stored(id: string): StoredVersion | undefined {
    const known = this.#latest.get(this.#keys.get(id) ?? id)
    return known !== undefined && this.#acknowledged.has(known) ? known : undefined
  }

  /** The current version by a fresh read; `undefined` where the network says that there is none. */
  async read(place: Place, signal: AbortSignal): Promise<Base | undefined> {
    return (await this.survey(place, signal)).base
  }

  /** The current version, now that a portal has pushed this pointer: believed alone where it is a quorum. */
  async readPushed(place: Place, pushed: PortalAnswer, signal: AbortSignal): Promise<Base | undefined> {
    const known = this.#latest.get(place.key)
    if (known !== undefined && pushed.pointer && isSameBytes(known.hash, pushed.pointer.hash)) {
      return toBase(known, true)
    }
    const isEnough = this.#options.network.readQuorum === 1
    return (await this.survey(place, signal, isEnough ? [pushed] : undefined)).base
  }

  /**
   * What the portals hold, by `answers` or else by a fresh read. Where a blob is missing that a pointer
   * names, the pointers are read again, as long as they move.
   * @throws ConversationMoved, ShareRevokedError; then nothing of it is believed
   */
  async survey(place: Place, signal: AbortSignal, answers?: readonly PortalAnswer[]): Promise<Survey> {
    const before = this.#latest.get(place.key)
    for (let said = answers ?? (await place.pointer.readPointers(signal)); ; ) {
      try {
        const held = await this.#confirmed(place, said, before, signal)
        const base = await this.#unite(place, held, greatestRevision(said), before, signal)
        if (base?.head.moved !== undefined && place.isLeft !== true)
          throw new ConversationMoved(place.keys.epoch)
        return { held, base }
      } catch (error) {
        if (!(error instanceof MissingBlobError)) throw error
        const again = await place.pointer.readPointers(signal)
        if (greatestRevision(again) <= greatestRevision(said)) throw error
        said = again
      }
    }
  }

  /** The same base with these segments read, in parallel. @throws MissingBlobError, CorruptRecordError */
  async withSegments<S extends ConversationState & { scheme: Scheme | undefined }>(
    place: Place,
    state: S,
    refs: readonly SegmentRef[],
    signal: AbortSignal,
  ): Promise<S> {
    const missing = refs.filter(({ name }) => !state.sealed.has(name))
    if (missing.length === 0) return state
    const read = await Promise.all(
      missing.map(async (ref) => [ref.name, await this.#segment(place, ref, state.scheme, signal)] as const),
    )
    return { ...state, sealed: new Map([...state.sealed, ...read]) }
  }

  /** The version in a head blob that a newer one names; `undefined` where nobody has it any more. */
  async readOld(place: Place, hash: Uint8Array, signal: AbortSignal): Promise<OldHead | undefined> {
    const known = this.#latest.get(place.key)
    if (known !== undefined && isSameBytes(known.hash, hash)) return known
    return readHead(this.#options.network, place.keys, hash, signal)
  }

  /** Those segments of a head that are at hand. */
  cachedSegments({ segments }: Head): SegmentContents {
    const known = segments.map(({ name }) => [name, this.segments.get(name)] as const)
    return new Map(
      known.filter((each): each is [string, ReadonlyMap<string, StoredRecord>] => each[1] !== undefined),
    )
  }

  /** Remembers a version that a quorum has acknowledged. */
  remember(version: StoredVersion): void {
    this.#acknowledged.add(version)
    if (this.#keep(version)) this.#inDoubt.delete(keyOf(version.head.id, version.head.epoch))
  }

  /** Has the conversation be looked for anew. */
  forget(id: string): void {
    this.#places.delete(id)
  }

  forgetAll(): void {
    this.#latest.clear()
    this.#places.clear()
    this.#keys.clear()
    this.#inDoubt.clear()
    this.segments.clear()
  }

  async #openAnew(id: string): Promise<Place> {
    const { locate, network, onDisagreement } = this.#options
    const location = await locate(id)
    const key = keyOf(location.keys.localId, location.keys.epoch)
    this.#keys.set(id, key)
    // A pointer that was forgotten meanwhile does not know any more what each portal holds.
    if (this.#latest.get(key) !== undefined) this.#inDoubt.add(key)
    const pointer = await network.pointerKey(location.keys.registryKey(), () => onDisagreement(id))
    return { id, key, pointer, ...location }
  }

  async #segment(place: Place, ref: SegmentRef, scheme: Scheme | undefined, signal: AbortSignal) {
    const known = this.segments.get(ref.name)
    if (known !== undefined) return known
    if (scheme === undefined) throw new CorruptRecordError('a conversation that is absent has segments')
    const records = await readSegment(this.#options.network, place.keys, ref, scheme, signal)
    this.segments.set(ref.name, records, ref.size)
    return records
  }

  /** Where others have keys too, what is new is read beside asking whether these keys are still the ones. */
  async #confirmed(
    place: Place,
    said: readonly PortalAnswer[],
    before: StoredVersion | undefined,
    signal: AbortSignal,
  ): Promise<PortalVersion[]> {
    const isKnown = ({ pointer }: PortalAnswer) =>
      before !== undefined && (pointer === undefined || isSameBytes(pointer.hash, before.hash))
    const [confirmed, held] = await Promise.allSettled([
      said.every(isKnown) ? undefined : place.confirm?.(signal),
      resolveAnswers(place, said, this.#options.network.readQuorum, (pointer) =>
        this.#version(place, pointer, before, signal),
      ),
    ])
    if (confirmed.status === 'rejected') throw confirmed.reason
    if (held.status === 'rejected') throw held.reason
    return held.value
  }

  #keep(version: StoredVersion): boolean {
    const key = keyOf(version.head.id, version.head.epoch)
    const known = this.#latest.get(key)
    if (known !== undefined && !isNewerVersion(version, known)) return false
    this.#latest.set(key, version)
    return true
  }

  async #version(
    place: Place,
    pointer: Pointer,
    before: StoredVersion | undefined,
    signal: AbortSignal,
  ): Promise<StoredVersion> {
    if (before !== undefined && isSameBytes(before.hash, pointer.hash)) {
      learnNames(place, before)
      return before.revision >= pointer.revision ? before : { ...before, revision: pointer.revision }
    }
    const version = await readVersion(this.#options.network, place.keys, pointer, signal)
    await this.#refuseUnwantedPlain(place.id, version, before, signal)
    learnNames(place, version)
    return version
  }

  async #unite(
    place: Place,
    held: readonly PortalVersion[],
    revision: number,
    before: StoredVersion | undefined,
    signal: AbortSignal,
  ): Promise<Base | undefined> {
    const found = newestVersions(distinct(held))
    for (const version of found) this.#keep(version)
    const known = this.#latest.get(place.key)
    const newest = newestVersions(known === undefined ? found : distinct([...held, { version: known }]))
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
    const { id, epoch } = version.head
    const key = keyOf(id, epoch)
    const isHeld = countHolders(version, held) >= this.#options.network.writeQuorum
    const isSettled = this.#isSettled(version, held, revision)
    if (isHeld && isSettled) this.#acknowledged.add(version)
    if (isHeld && isSettled) this.#inDoubt.delete(key)
    else this.#inDoubt.add(key)
    if (!isHeld || laggards(version, held).length > 0) this.#options.onDisagreement(id)
    return { ...toBase(version, true), stored: isHeld ? version : undefined, revision, isSettled }
  }

  /**
   * Whether so many portals have been at `revision` that whatever was acknowledged at a lower one went
   * into what they hold: then nothing acknowledged is overtaken by the next revision.
   */
  #isSettled(known: StoredVersion, held: readonly PortalVersion[], revision: number): boolean {
    const { writeQuorum, readQuorum } = this.#options.network
    const arrived = held.filter(({ pointer }) => (pointer?.revision ?? 0) === revision).length
    const isAcknowledged = known.revision === revision && this.#acknowledged.has(known)
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
      ...withoutSegments(await this.#complete(place, known, signal)),
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
    let merged: HashedState = await this.#complete(place, first, signal)
    for (const other of others) {
      merged = { ...merged, ...mergeStates(merged, await this.#complete(place, other, signal)) }
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
    this.#inDoubt.add(key)
    this.#options.onDisagreement(id)
  }

  #complete(place: Place, version: StoredVersion, signal: AbortSignal) {
    return this.withSegments(place, { ...version, sealed: new Map() }, version.head.segments, signal)
  }

  async #refuseUnwantedPlain(
    id: string,
    fresh: StoredVersion,
    before: StoredVersion | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    if (fresh.scheme !== 'plain' || before?.scheme === 'plain') return
    if (!(await this.#options.isPlainWanted(id, signal))) {
      throw new CorruptRecordError('a plain record lies where a sealed one is expected')
    }
  }
}

function keyOf(id: string, epoch: number): string {
  return epoch === 0 ? id : `\u0000${epoch}/${id}`
}

function distinct(held: readonly { version: StoredVersion | undefined }[]): StoredVersion[] {
  return [...new Set(held.flatMap(({ version }) => version ?? []))]
}
