/** What a registry entry says: which head is current. */
export interface Pointer {
  revision: number
  /** BLAKE3-256 of the head blob. */
  hash: Uint8Array
}

export interface PointerListener {
  /** A pointer that the network has now; it may be the one that was known. */
  onPointer(pointer: Pointer): void
  /** Whether pushes can be expected right now. */
  onLive(isLive: boolean): void
}

/** May read and move one pointer. */
export interface PointerKey {
  readPointer(signal: AbortSignal): Promise<Pointer | undefined>
  /**
   * Calls back with what the network pushes, until the returned function is called. Absent in a network that
   * pushes nothing.
   */
  listen?(listener: PointerListener): () => void
  /**
   * Resolves only when the network has acknowledged that the pointer is now `pointer`.
   * @throws PointerConflict with what is current instead.
   */
  movePointer(pointer: Pointer, signal: AbortSignal): Promise<void>
}

export interface TransferStats {
  requests: number
  bytesUp: number
  bytesDown: number
}

/** One portal by itself: nobody helps it out, and nothing is remembered that it said before. */
export interface Witness {
  /** Base URL. */
  readonly name: string
  pointerKey(seed: Uint8Array): Promise<Pick<PointerKey, 'readPointer'>>
  download(hash: Uint8Array, maxBytes: number, signal: AbortSignal): Promise<Uint8Array | undefined>
}

/**
 * Blobs and pointers, as the store needs them. `undefined` means authoritatively absent; anything
 * inconclusive throws `StoreUnavailableError`, anything that does not match its hash or signature
 * `CorruptRecordError`.
 */
export interface Network {
  pointerKey(seed: Uint8Array): Promise<PointerKey>
  /** BLAKE3-256. */
  hash(blob: Uint8Array): Promise<Uint8Array>
  /** S5 blob id of a blob of `size` bytes, multibase. */
  cidOf(hash: Uint8Array, size: number): string
  upload(blob: Uint8Array, signal: AbortSignal): Promise<void>
  download(hash: Uint8Array, maxBytes: number, signal: AbortSignal): Promise<Uint8Array | undefined>
  /** Tells the network that the owner no longer needs a blob. Absent counts as done. */
  forget(hash: Uint8Array, signal: AbortSignal): Promise<void>
  /** Every portal. */
  witnesses(): readonly Witness[]
  getStats(): TransferStats
  close(): void
}

/** The pointer was moved by someone else. Not an error of callers: the commit rebases on `current`. */
export class PointerConflict extends Error {
  override readonly name = 'PointerConflict'
  /** Absent where the network refused the pointer without naming another one. */
  readonly current: Pointer | undefined

  constructor(current: Pointer | undefined, cause: Error) {
    super(cause.message, { cause })
    this.current = current
  }
}
