import { bytesToHex } from '@noble/hashes/utils.js'
import { isSameBytes } from '../../conversation/codec'
import { isAncestor, type Lineage } from '../../conversation/state'
import { CorruptRecordError, StoreUnavailableError } from '../../errors/storage-errors'
import { MAX_BLOB_BYTES } from '../head-codec'
import { type LockTable, withKeyedLock } from '../keyed-lock'
import { LruMap } from '../lru-map'
import { mapInParallel } from '../map-in-parallel'
import {
  type Network,
  type Pointer,
  type PointerBase,
  PointerConflict,
  type PointerKey,
  type PointerListener,
  type PortalAnswer,
  type PortalPointer,
  type PreparedMove,
} from '../network'
import type { Background } from './background'
import { Gathering } from './gathering'
import type { PortalLink } from './portal-link'
import { mostHopeful, requireEnough } from './require-enough'
import { settledWithin } from './settled-within'

/** How much later than a quorum that agrees a portal may answer before it is left out, in ms. */
const GRACE_MS = 300
const KNOWN_HEADS = 16
const COPIES_AT_ONCE = 4
const UNSEEN = 'the portal holds something else than was known'

interface KnownHead {
  /** The blobs that it names. */
  names: ReadonlySet<string>
  lineage: Lineage
}

export interface SharedPointerOptions {
  pointers: ReadonlyMap<PortalLink, PortalPointer>
  network: Network
  background: Background
  /** Called when a portal refuses a move that a quorum has acknowledged. */
  onDissent(): void
}

/**
 * A pointer that each portal keeps by itself. Work on one portal is done in turn; what has not begun there
 * when the next version comes is left out.
 */
export class SharedPointer implements PointerKey {
  readonly #pointers: ReadonlyMap<PortalLink, PortalPointer>
  readonly #network: Network
  readonly #background: Background
  readonly #onDissent: () => void
  /** What each portal is known to hold. */
  readonly #shown = new Map<PortalLink, Pointer | undefined>()
  /** How often each had lost its disk when it was read: what it showed before a loss is void. */
  readonly #losses = new Map<PortalLink, number>()
  /** By the hash of a head. */
  readonly #known = new LruMap<string, KnownHead>(KNOWN_HEADS)
  readonly #turns: LockTable = new Map()
  #newest: object | undefined

  constructor({ pointers, network, background, onDissent }: SharedPointerOptions) {
    this.#pointers = pointers
    this.#network = network
    this.#background = background
    this.#onDissent = onDissent
  }

  /**
   * Portals that agree do not wait long for a late one. That there is nothing, or which of two versions is
   * the older one, is believed only when every healthy portal was heard.
   */
  async readPointers(signal: AbortSignal): Promise<PortalAnswer[]> {
    const reading = this.#gather(this.#network.readQuorum, (link) => this.#read(link, signal))
    await reading.enough
    if (isAgreed([...reading.results.values()])) await settledWithin(GRACE_MS, reading.done)
    else await reading.done
    requireEnough(reading, signal)
    return [...reading.results].map(([link, pointer]) => ({ portal: link.name, pointer }))
  }

  /** News can be expected while so many portals push that one of them has what was acknowledged. */
  listen({ onPointer, onLive }: PointerListener): () => void {
    const live = new Set<PortalPointer>()
    const stops = [...this.#pointers.values()].map((pointer) =>
      pointer.listen?.({
        onPointer,
        onLive: (isLive) => {
          if (isLive) live.add(pointer)
          else live.delete(pointer)
          onLive(live.size >= this.#network.readQuorum)
        },
      }),
    )
    return () => {
      for (const stop of stops) stop?.()
    }
  }

  learn(head: Uint8Array, names: readonly Uint8Array[], lineage: Lineage): void {
    this.#known.set(bytesToHex(head), { names: new Set(names.map(bytesToHex)), lineage })
  }

  blame(portal: string, error: unknown): void {
    const link = this.#link(portal)
    link.blame(error)
    // What is no version of ours need not be kept.
    if (error instanceof CorruptRecordError) this.#shown.set(link, undefined)
  }

  async prepare(
    blobs: readonly Uint8Array[],
    names: readonly Uint8Array[],
    signal: AbortSignal,
  ): Promise<PreparedMove> {
    const move = {}
    this.#newest = move
    const bringing = this.#gather(this.#network.writeQuorum, (link) =>
      this.#inTurn(link, async () => {
        if (this.#newest !== move) throw new StoreUnavailableError('a newer version came in between')
        await Promise.all([
          this.#copyMissing(link, names, signal),
          ...blobs.map((blob) => link.upload(blob, signal)),
        ])
        await this.#requireKnown(link, names, signal)
      }),
    )
    await bringing.enough
    requireEnough(bringing, signal)
    return { move: (hash, base, isCareful, until) => this.#move(bringing, hash, base, isCareful, until) }
  }

  async repair(
    portal: string,
    pointer: Pointer,
    names: readonly Uint8Array[],
    signal: AbortSignal,
  ): Promise<void> {
    const link = this.#link(portal)
    await this.#inTurn(link, async () => {
      const shown = this.#shown.get(link)
      const isThere = shown !== undefined && isSameBytes(shown.hash, pointer.hash)
      if (!isThere) await this.#copyMissing(link, [pointer.hash, ...names], signal)
      await this.#set(link, pointer, signal)
    })
  }

  async #move(
    bringing: Gathering<void>,
    hash: Uint8Array,
    base: PointerBase,
    isCareful: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const { writeQuorum, readQuorum } = this.#network
    const reach = async (link: PortalLink, revision: number) => {
      await bringing.of(link)
      await this.#inTurn(link, () => this.#set(link, { revision, hash }, signal))
    }
    if (!base.isSettled) {
      const isThere = (link: PortalLink) => this.#shown.get(link)?.revision === base.revision
      const settling = this.#gather(Math.min(writeQuorum, readQuorum), async (link) => {
        if (!isThere(link)) await reach(link, base.revision)
      })
      await this.#requireMoved(settling, signal)
    }
    const first = isCareful ? await this.#askFirst((link) => reach(link, base.revision + 1)) : undefined
    const moving = this.#gather(writeQuorum, async (link) => {
      if (link !== first) await reach(link, base.revision + 1)
    })
    await this.#requireMoved(moving, signal)
    const ended = moving.done.then(() => {
      if (conflictsOf(moving).length > 0) this.#onDissent()
    })
    this.#background.add(ended)
  }

  /** The portal that every device asks first, if it took the move. @throws PointerConflict where it refused */
  async #askFirst(reach: (link: PortalLink) => Promise<void>): Promise<PortalLink | undefined> {
    const healthy = [...this.#pointers.keys()].filter(({ isHealthy }) => isHealthy)
    const first = healthy.sort((a, b) => (a.name < b.name ? -1 : 1))[0]
    if (first === undefined) return undefined
    try {
      await reach(first)
      return first
    } catch (error) {
      if (error instanceof PointerConflict) throw error
      return undefined
    }
  }

  async #requireMoved(moving: Gathering<void>, signal: AbortSignal): Promise<void> {
    await moving.enough
    if (moving.hasEnough) return
    const [conflict, ...others] = conflictsOf(moving)
    if (conflict === undefined) throw mostHopeful([...moving.failures.values()], signal)
    const moved = [...moving.results.keys()].map((link) => ({
      portal: link.name,
      pointer: this.#shown.get(link),
    }))
    throw new PointerConflict(
      [...moved, ...[conflict, ...others].flatMap(({ answers }) => answers)],
      conflict,
    )
  }

  #gather<T>(need: number, task: (link: PortalLink) => Promise<T>): Gathering<T> {
    return new Gathering([...this.#pointers.keys()], need, task)
  }

  async #read(link: PortalLink, signal: AbortSignal): Promise<Pointer | undefined> {
    const before = this.#shown.get(link)
    const pointer = await link.call((either) => this.#on(link).readPointer(either), signal)
    // A move that ended meanwhile knows better.
    if (this.#shown.get(link) === before) this.#shown.set(link, pointer)
    this.#losses.set(link, link.portal.losses)
    return pointer
  }

  async #set(link: PortalLink, pointer: Pointer, signal: AbortSignal): Promise<void> {
    this.#refuseUnseen(link, pointer)
    try {
      await link.call((either) => this.#on(link).movePointer(pointer, either), signal)
      this.#shown.set(link, pointer)
    } catch (error) {
      if (error instanceof PointerConflict) this.#shown.set(link, error.answers[0]?.pointer)
      throw error
    }
  }

  /**
   * A portal takes any higher revision: what it alone may hold must have gone into the new head.
   * @throws PointerConflict
   */
  #refuseUnseen(link: PortalLink, { hash }: Pointer): void {
    const shown = this.#shown.get(link)
    if (shown === undefined) return
    const [there, next] = [shown.hash, hash].map((each) => this.#known.get(bytesToHex(each))?.lineage)
    if (there !== undefined && next !== undefined && isAncestor(there, next)) return
    throw new PointerConflict([{ portal: link.name, pointer: shown }], new Error(UNSEEN))
  }

  /**
   * A portal that was never heard, or has lost its disk, may hold what others wrote there at a revision that
   * ours would pass over. @throws PointerConflict if it holds what this device has not seen
   */
  async #requireKnown(link: PortalLink, names: readonly Uint8Array[], signal: AbortSignal): Promise<void> {
    if (this.#shown.has(link) && this.#losses.get(link) === link.portal.losses) return
    const pointer = await this.#read(link, signal)
    if (pointer === undefined) return this.#copyMissing(link, names, signal)
    if (this.#known.get(bytesToHex(pointer.hash)) !== undefined) return
    const answers = [{ portal: link.name, pointer }]
    throw new PointerConflict(answers, new Error(UNSEEN))
  }

  /** Brings a portal those of `names` that the head it shows does not name. */
  async #copyMissing(link: PortalLink, names: readonly Uint8Array[], signal: AbortSignal): Promise<void> {
    const shown = this.#shown.get(link)
    const held = shown && this.#known.get(bytesToHex(shown.hash))?.names
    const missing = names.filter((hash) => held?.has(bytesToHex(hash)) !== true)
    if (missing.length === 0) return
    await mapInParallel(missing, COPIES_AT_ONCE, async (hash) => {
      const blob = await this.#network.download(hash, MAX_BLOB_BYTES, signal)
      if (blob === undefined) throw new StoreUnavailableError('a blob to be copied is not available')
      await link.upload(blob, signal)
    })
    link.repairs += 1
  }

  #inTurn(link: PortalLink, task: () => Promise<void>): Promise<void> {
    return withKeyedLock(this.#turns, link.name, task)
  }

  #on(link: PortalLink): PortalPointer {
    const pointer = this.#pointers.get(link)
    if (pointer === undefined) throw new RangeError('a portal of another network')
    return pointer
  }

  #link(name: string): PortalLink {
    for (const link of this.#pointers.keys()) if (link.name === name) return link
    throw new RangeError('a portal of another network')
  }
}

function isAgreed([first, ...others]: readonly (Pointer | undefined)[]): boolean {
  if (first === undefined) return false
  return others.every((pointer) => pointer !== undefined && isSameBytes(pointer.hash, first.hash))
}

function conflictsOf({ failures }: Gathering<void>): PointerConflict[] {
  return [...failures.values()].filter((failure) => failure instanceof PointerConflict)
}
