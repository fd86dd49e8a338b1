import type { Lineage } from '../conversation/state'
import type { RegistryKey } from '../crypto/keys'
import type { PortalStats } from '../observe/stats'

/** What a registry entry says: which head is current. */
export interface Pointer {
  revision: number
  /** BLAKE3-256 of the head blob. */
  hash: Uint8Array
}

export interface PointerListener {
  /** A pointer that a portal has now; it may be the one that was known. */
  onPointer(pointer: Pointer, portal: string): void
  /** Whether pushes can be expected right now. */
  onLive(isLive: boolean): void
}

/** May read and move one pointer on one portal. */
export interface PortalPointer {
  readPointer(signal: AbortSignal): Promise<Pointer | undefined>
  /** As {@link PointerKey.listen}, of this portal. */
  listen?(listener: PointerListener): () => void
  /**
   * Resolves only when the portal has acknowledged that the pointer is now `pointer`.
   * @throws PointerConflict with what is current instead.
   */
  movePointer(pointer: Pointer, signal: AbortSignal): Promise<void>
}

/** What a store has asked for so far. Bytes are those of bodies. */
export interface TransferStats {
  requests: number
  bytesUp: number
  bytesDown: number
  /** In the order of the configuration. Absent where a store has no portals. */
  portals?: readonly PortalStats[]
}

/** One portal by itself: nobody helps it out, and nothing is remembered that it said before. */
export interface Witness {
  /** Base URL. */
  readonly name: string
  pointerKey(key: RegistryKey): Promise<Pick<PortalPointer, 'readPointer'>>
  download(hash: Uint8Array, maxBytes: number, signal: AbortSignal): Promise<Uint8Array | undefined>
}

/**
 * One portal. `undefined` means that it says there is none; anything inconclusive throws
 * `StoreUnavailableError`, anything that does not match its hash or signature `CorruptRecordError`.
 */
export interface Portal {
  /** Its origin: what logs and stats call it. */
  readonly name: string
  /** How often it was found to have forgotten us, and so perhaps everything else too. */
  readonly losses: number
  /** Makes it ready for calls, with the identity's account or a new one; does nothing when it is. */
  signIn(signal: AbortSignal): Promise<void>
  pointerKey(key: RegistryKey): Promise<PortalPointer>
  upload(blob: Uint8Array, signal: AbortSignal): Promise<void>
  download(hash: Uint8Array, maxBytes: number, signal: AbortSignal): Promise<Uint8Array | undefined>
  /** Has it keep a blob that somebody else uploaded. @throws StoreUnavailableError also where it has none */
  pin(hash: Uint8Array, signal: AbortSignal): Promise<void>
  /** Tells it that the owner no longer needs a blob. Absent counts as done. */
  forget(hash: Uint8Array, signal: AbortSignal): Promise<void>
  readonly witness: Witness
  getStats(): TransferStats
  close(): void
}

/** What one portal says about a pointer. */
export interface PortalAnswer {
  portal: string
  pointer: Pointer | undefined
}

/** A pointer as all portals have it. */
export interface PointerKey {
  /** What is said by so many portals that an acknowledged move shows in one of them; one answer each. */
  readPointers(signal: AbortSignal): Promise<PortalAnswer[]>
  /**
   * Calls back with what portals push, until the returned function is called. Absent where nothing is pushed.
   */
  listen?(listener: PointerListener): () => void
  /**
   * Tells which blobs the head with this hash names: a portal that shows it needs none of these; and where it
   * stands among the others: a portal that shows what is not learned, or what did not go into the new head,
   * refuses the move.
   */
  learn(head: Uint8Array, names: readonly Uint8Array[], lineage: Lineage): void
  /**
   * Brings the blobs of a new head to all portals: those that are new, and of those that it names besides
   * what a portal lacks. Resolves when a quorum holds all of them; the others go on meanwhile.
   */
  prepare(
    blobs: readonly Uint8Array[],
    names: readonly Uint8Array[],
    signal: AbortSignal,
  ): Promise<PreparedMove>
  /**
   * Brings one portal the head that `pointer` names and the blobs that this one names, and moves its pointer.
   * @throws PointerConflict where it has moved on meanwhile
   */
  repair(portal: string, pointer: Pointer, names: readonly Uint8Array[], signal: AbortSignal): Promise<void>
  /** Notes that what a portal answered does not check. */
  blame(portal: string, error: unknown): void
}

/** Where a pointer stood when the move was decided. */
export interface PointerBase {
  /** The greatest revision that was seen. */
  revision: number
  /** Whether so many portals had reached that revision that no acknowledged move can be overtaken. */
  isSettled: boolean
}

/** A move whose blobs a quorum holds. */
export interface PreparedMove {
  /**
   * One revision up from `base`, on every portal as soon as it holds all blobs. Resolves when a quorum has
   * acknowledged it. `isCareful` asks one portal before all others, the same for every device: writers
   * that meet there leave nothing elsewhere.
   * @throws PointerConflict, StoreUnavailableError with outcome `unknown`
   */
  move(hash: Uint8Array, base: PointerBase, isCareful: boolean, signal: AbortSignal): Promise<void>
}

/**
 * Blobs and pointers, as the store needs them, on one portal or several. `undefined` means authoritatively
 * absent; anything inconclusive throws `StoreUnavailableError`, anything that does not match its hash or
 * signature `CorruptRecordError`.
 */
export interface Network {
  /** How many portals have to acknowledge a write. */
  readonly writeQuorum: number
  /** How many portals have to answer a read. */
  readonly readQuorum: number
  /** @param onDissent called when a portal refuses a move that the quorum has acknowledged */
  pointerKey(key: RegistryKey, onDissent: () => void): Promise<PointerKey>
  /** BLAKE3-256. */
  hash(blob: Uint8Array): Promise<Uint8Array>
  /** S5 blob id of a blob of `size` bytes, multibase. */
  cidOf(hash: Uint8Array, size: number): string
  /** Resolves when a quorum holds the blob. Preparing a move with the same array does not send it again. */
  upload(blob: Uint8Array, signal: AbortSignal): Promise<void>
  download(hash: Uint8Array, maxBytes: number, signal: AbortSignal): Promise<Uint8Array | undefined>
  /** Has portals keep a blob that somebody else uploaded. Resolves when a quorum does. */
  pin(hash: Uint8Array, signal: AbortSignal): Promise<void>
  /** Tells all portals that the owner no longer needs a blob. Resolves when a quorum has heard it. */
  forget(hash: Uint8Array, signal: AbortSignal): Promise<void>
  /** Every portal. */
  witnesses(): readonly Witness[]
  getStats(): TransferStats
  /** Waits a little for portals that are later than the quorum, then ends all calls. */
  close(): Promise<void>
}

/** The pointer was moved by someone else. Not an error of callers: the commit rebases on what is current. */
export class PointerConflict extends Error {
  override readonly name = 'PointerConflict'
  /** What the portals that answered hold now; none where the pointer was refused without naming another. */
  readonly answers: readonly PortalAnswer[]

  constructor(answers: readonly PortalAnswer[], cause: Error) {
    super(cause.message, { cause })
    this.answers = answers
  }
}
