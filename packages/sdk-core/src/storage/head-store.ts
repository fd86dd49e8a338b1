import { isSameBytes } from '../conversation/codec'
import type { Head, SegmentRef } from '../conversation/head'
import { mergeStates } from '../conversation/merge'
import type { StoredRecord } from '../conversation/record'
import {
  type ConversationState,
  emptyHead,
  isAncestor,
  type SegmentContents,
  withoutSegments,
} from '../conversation/state'
import type { Scheme } from '../conversation/types'
import type { ConversationKeys, KeyRing } from '../crypto/keys'
import { CorruptRecordError } from '../errors/storage-errors'
import type { Logger } from '../observe/log'
import type { StorageCounters } from '../observe/stats'
import { type OldHead, readHead, readSegment, readVersion, type StoredVersion } from './head-reader'
import { LruMap } from './lru-map'
import type { Network, Pointer, PointerKey } from './network'
import { SegmentCache } from './segment-cache'

/** How many conversations' newest versions are kept in memory. */
const KEPT_VERSIONS = 256

/** What a commit is built on. */
export interface Base extends ConversationState {
  /** The head blobs it came from. */
  readonly parents: readonly Uint8Array[]
  readonly revision: number
  readonly scheme: Scheme | undefined
  /** The version on the network that says exactly this, if there is one. */
  readonly stored: StoredVersion | undefined
  /** Whether the network was asked for it since the commit began. */
  readonly isFresh: boolean
}

/** One pointer and the keys that go with it. */
export interface Place {
  readonly id: string
  readonly keys: ConversationKeys
  readonly pointer: PointerKey
}

export interface HeadStoreOptions {
  network: Network
  keyRing: KeyRing
  counters: StorageCounters
  log: Logger
  /** Whether the owner is known to have wanted this conversation readable by anyone. */
  isPlainWanted(id: string, signal: AbortSignal): Promise<boolean>
}

/**
 * The newest version of each conversation that this device knows of. What is known never goes back:
 * an answer that is behind is late, or comes from a portal that lost something, and is then united with
 * what is known.
 */
export class HeadStore {
  readonly segments = new SegmentCache()
  readonly #options: HeadStoreOptions
  readonly #latest = new LruMap<string, StoredVersion>(KEPT_VERSIONS)
  readonly #places = new LruMap<string, Place>(KEPT_VERSIONS)
  /** Ids of which the network lacks something that it had acknowledged. */
  readonly #toHeal = new Set<string>()

  constructor(options: HeadStoreOptions) {
    this.#options = options
  }

  async open(id: string): Promise<Place> {
    const known = this.#places.get(id)
    if (known !== undefined) return known
    const keys = this.#options.keyRing.conversationKeys(id, 0)
    const place = { id, keys, pointer: await this.#options.network.pointerKey(keys.registrySeed()) }
    this.#places.set(id, place)
    return place
  }

  /** The newest version this device has seen, unless the network is known to lack some of it. */
  latest(id: string): Base | undefined {
    const version = this.#toHeal.has(id) ? undefined : this.#latest.get(id)
    return version && toBase(version, false)
  }

  /** The newest version of which this device knows that it was acknowledged. */
  stored(id: string): StoredVersion | undefined {
    return this.#latest.get(id)
  }

  /** The current version by a fresh read; `undefined` where the network says that there is none. */
  async read(place: Place, signal: AbortSignal): Promise<Base | undefined> {
    const before = this.#latest.get(place.id)
    const pointer = await place.pointer.readPointer(signal)
    if (pointer !== undefined) return this.resolve(place, pointer, signal)
    const known = this.#latest.get(place.id)
    return known && (known === before ? this.#restore(place, known, 0, signal) : toBase(known, true))
  }

  /** What the version that `pointer` names comes to, together with what is known. */
  async resolve(place: Place, pointer: Pointer, signal: AbortSignal): Promise<Base> {
    const before = this.#latest.get(place.id)
    if (before !== undefined && isSameBytes(before.hash, pointer.hash)) return toBase(before, true)
    const { network } = this.#options
    const fresh = await readVersion(network, place.keys, place.pointer, pointer, signal)
    await this.#refuseUnwantedPlain(place.id, fresh, before, signal)
    return this.#unite(place, fresh, before, signal)
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
    const known = this.#latest.get(place.id)
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

  /** Remembers a version that the network has acknowledged. */
  remember(version: StoredVersion): void {
    const known = this.#latest.get(version.head.id)
    if (known !== undefined && !isNewerVersion(version, known)) return
    this.#latest.set(version.head.id, version)
    this.#toHeal.delete(version.head.id)
  }

  forgetAll(): void {
    this.#latest.clear()
    this.#places.clear()
    this.#toHeal.clear()
    this.segments.clear()
  }

  async #segment(place: Place, ref: SegmentRef, scheme: Scheme | undefined, signal: AbortSignal) {
    const known = this.segments.get(ref.name)
    if (known !== undefined) return known
    if (scheme === undefined) throw new CorruptRecordError('a conversation that is absent has segments')
    const records = await readSegment(this.#options.network, place.keys, ref, scheme, signal)
    this.segments.set(ref.name, records, ref.size)
    return records
  }

  async #unite(
    place: Place,
    fresh: StoredVersion,
    before: StoredVersion | undefined,
    signal: AbortSignal,
  ): Promise<Base> {
    this.remember(fresh)
    const known = this.#latest.get(fresh.head.id)
    if (known === undefined || known === fresh) return toBase(fresh, true)
    const isBehind = isAncestor(fresh.head, known.head)
    if (isBehind && known !== before) return toBase(known, true)
    if (isBehind && known.head.version > fresh.head.version) {
      return this.#restore(place, known, fresh.revision, signal)
    }
    return isBehind ? toBase(known, true) : this.#merge(place, known, fresh, signal)
  }

  /** The network is behind what it had acknowledged: all of it is to be written again. */
  async #restore(place: Place, known: StoredVersion, revision: number, signal: AbortSignal): Promise<Base> {
    this.#toHeal.add(known.head.id)
    this.#options.log.warn({ revision, known: known.revision }, 'The network is behind what it acknowledged')
    return {
      ...withoutSegments(await this.#complete(place, known, signal)),
      parents: [known.hash],
      revision: Math.max(known.revision, revision),
      scheme: known.scheme,
      stored: undefined,
      isFresh: true,
    }
  }

  async #merge(place: Place, known: StoredVersion, fresh: StoredVersion, signal: AbortSignal): Promise<Base> {
    this.#toHeal.add(known.head.id)
    this.#options.counters.merges += 1
    this.#options.log.warn({ versions: [known.head.version, fresh.head.version] }, 'Uniting two histories')
    const merged = mergeStates(
      await this.#complete(place, known, signal),
      await this.#complete(place, fresh, signal),
    )
    return {
      ...merged,
      parents: merged.head.parents,
      revision: Math.max(known.revision, fresh.revision),
      scheme: known.scheme === fresh.scheme ? known.scheme : 'xsalsa20-poly1305',
      stored: undefined,
      isFresh: true,
    }
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

/** The base of a conversation's first commit. */
export function absentBase(id: string): Base {
  return {
    head: emptyHead(id),
    sealed: new Map(),
    parents: [],
    revision: 0,
    scheme: undefined,
    stored: undefined,
    isFresh: true,
  }
}

/** A compacted head says the same as the one before it, in other segments and at a higher revision. */
function isNewerVersion(version: StoredVersion, known: StoredVersion): boolean {
  if (!isAncestor(known.head, version.head)) return false
  return !isSameVersion(known.head, version.head) || version.revision > known.revision
}

function isSameVersion(a: Head, b: Head): boolean {
  return isAncestor(b, a)
}

function toBase(version: StoredVersion, isFresh: boolean): Base {
  return { ...version, sealed: new Map(), parents: [version.hash], stored: version, isFresh }
}
