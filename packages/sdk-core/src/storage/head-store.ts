import { isSameBytes } from '../conversation/codec'
import type { Head, SegmentRef } from '../conversation/head'
import type { StoredRecord } from '../conversation/record'
import type { ConversationState, SegmentContents } from '../conversation/state'
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
import { KEPT_VERSIONS, KnownVersions } from './known-versions'
import { LruMap } from './lru-map'
import type { Network, Pointer, PortalAnswer } from './network'
import { ConversationMoved, keyOf, type Location, learnNames, type Place } from './place'
import { resolveAnswers } from './resolve-answers'
import { SegmentCache } from './segment-cache'
import { greatestRevision, type PortalVersion } from './survey'
import { Union } from './union'

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
  readonly #known = new KnownVersions()
  readonly #union: Union
  readonly #places = new LruMap<string, Promise<Place>>(KEPT_VERSIONS)
  /** By id: the key of the place that was opened last. */
  readonly #keys = new LruMap<string, string>(KEPT_VERSIONS)

  constructor(options: HeadStoreOptions) {
    this.#options = options
    this.#union = new Union({
      ...options,
      known: this.#known,
      complete: (place, version, signal) =>
        this.withSegments(place, { ...version, sealed: new Map() }, version.head.segments, signal),
    })
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
    const version = this.#known.isInDoubt(key) ? undefined : this.#known.get(key)
    return version === undefined || version.head.moved !== undefined ? undefined : toBase(version, false)
  }

  /** The newest version of one epoch that this device has seen, whatever the network says. */
  known(id: string, epoch: number): StoredVersion | undefined {
    return this.#known.get(keyOf(id, epoch))
  }

  /** The newest version of which this device knows that it was acknowledged. */
  stored(id: string): StoredVersion | undefined {
    const known = this.#known.get(this.#keys.get(id) ?? id)
    return known !== undefined && this.#known.isAcknowledged(known) ? known : undefined
  }

  /** The current version by a fresh read; `undefined` where the network says that there is none. */
  async read(place: Place, signal: AbortSignal): Promise<Base | undefined> {
    return (await this.survey(place, signal)).base
  }

  /** The current version, now that a portal has pushed this pointer: believed alone where it is a quorum. */
  async readPushed(place: Place, pushed: PortalAnswer, signal: AbortSignal): Promise<Base | undefined> {
    const known = this.#known.get(place.key)
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
    const before = this.#known.get(place.key)
    for (let said = answers ?? (await place.pointer.readPointers(signal)); ; ) {
      try {
        const held = await this.#confirmed(place, said, before, signal)
        const base = await this.#union.unite(place, held, greatestRevision(said), before, signal)
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
    const known = this.#known.get(place.key)
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
    this.#known.acknowledge(version)
    if (this.#known.keep(version)) this.#known.doubt(keyOf(version.head.id, version.head.epoch), false)
  }

  /** Has the conversation be looked for anew. */
  forget(id: string): void {
    this.#places.delete(id)
  }

  forgetAll(): void {
    this.#known.clear()
    this.#places.clear()
    this.#keys.clear()
    this.segments.clear()
  }

  async #openAnew(id: string): Promise<Place> {
    const { locate, network, onDisagreement } = this.#options
    const location = await locate(id)
    const key = keyOf(location.keys.localId, location.keys.epoch)
    this.#keys.set(id, key)
    // A pointer that was forgotten meanwhile does not know any more what each portal holds.
    if (this.#known.get(key) !== undefined) this.#known.doubt(key, true)
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
