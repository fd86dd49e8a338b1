import { mergeStates } from '../conversation/merge'
import {
  advance,
  assembleState,
  type CommitContext,
  type ConversationState,
  emptyHead,
  isAncestor,
  type StateDelta,
} from '../conversation/state'
import type { Scheme } from '../conversation/types'
import type { ConversationKeys, KeyRing } from '../crypto/keys'
import { CorruptRecordError } from '../errors/storage-errors'
import type { Logger } from '../observe/log'
import type { StorageCounters } from '../observe/stats'
import { withoutSegments } from './head-codec'
import { readVersion, type StoredVersion } from './head-reader'
import { LruMap } from './lru-map'
import type { Network, Pointer, PointerKey } from './network'

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
    return version && asBase(version)
  }

  /** The current version by a fresh read; `undefined` where the network says that there is none. */
  async read(place: Place, signal: AbortSignal): Promise<Base | undefined> {
    const before = this.#latest.get(place.id)
    const pointer = await place.pointer.readPointer(signal)
    if (pointer !== undefined) return this.resolve(place, pointer, signal)
    const known = this.#latest.get(place.id)
    return known && (known === before ? this.#restore(known, 0) : asBase(known))
  }

  /** What the version that `pointer` names comes to, together with what is known. */
  async resolve(place: Place, pointer: Pointer, signal: AbortSignal): Promise<Base> {
    const before = this.#latest.get(place.id)
    if (before !== undefined && isSameHash(before.hash, pointer.hash)) return asBase(before)
    const { network } = this.#options
    const fresh = await readVersion(network, place.keys, place.pointer, pointer, signal)
    await this.#refuseUnwantedPlain(place.id, fresh, before, signal)
    return this.#unite(fresh, before)
  }

  /** Remembers a version that the network has acknowledged. */
  remember(version: StoredVersion): void {
    const known = this.#latest.get(version.head.id)
    if (known === undefined || isAncestor(known.head, version.head))
      this.#latest.set(version.head.id, version)
  }

  forgetAll(): void {
    this.#latest.clear()
    this.#places.clear()
    this.#toHeal.clear()
  }

  #unite(fresh: StoredVersion, before: StoredVersion | undefined): Base {
    this.remember(fresh)
    const known = this.#latest.get(fresh.head.id)
    if (known === undefined || known === fresh) return asBase(fresh)
    const isBehind = isAncestor(fresh.head, known.head)
    if (isBehind && known !== before) return asBase(known)
    if (isBehind) return this.#restore(known, fresh.revision)
    return this.#merge(known, fresh)
  }

  /** The network is behind what it had acknowledged: all of it is to be written again. */
  #restore(known: StoredVersion, revision: number): Base {
    this.#toHeal.add(known.head.id)
    this.#options.log.warn({ revision, known: known.revision }, 'The network is behind what it acknowledged')
    return {
      ...withoutSegments(known),
      parents: [known.hash],
      revision: Math.max(known.revision, revision),
      scheme: known.scheme,
      stored: undefined,
    }
  }

  #merge(known: StoredVersion, fresh: StoredVersion): Base {
    this.#toHeal.add(known.head.id)
    this.#options.counters.merges += 1
    this.#options.log.warn({ versions: [known.head.version, fresh.head.version] }, 'Uniting two histories')
    const merged = mergeStates(known, fresh)
    return {
      ...merged,
      parents: merged.head.parents,
      revision: Math.max(known.revision, fresh.revision),
      scheme: known.scheme === fresh.scheme ? known.scheme : 'xsalsa20-poly1305',
      stored: undefined,
    }
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
    ...assembleState(emptyHead(id), new Map()),
    parents: [],
    revision: 0,
    scheme: undefined,
    stored: undefined,
  }
}

/** The state of the next version; one whose scheme changes is written anew as a whole. */
export function nextState(
  base: Base,
  delta: StateDelta,
  scheme: Scheme,
  context: CommitContext,
): ConversationState {
  const next = advance(base, delta, base.parents, context)
  return base.scheme === undefined || base.scheme === scheme ? next : withoutSegments(next)
}

export function isSameHash(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

function asBase(version: StoredVersion): Base {
  return { ...version, parents: [version.hash], stored: version }
}
