/** Bytes of a request body, as they come in. */
export type ByteSource = AsyncIterable<Uint8Array>

/** Where a blob lies until it is kept or discarded; nobody can read it yet. */
export interface ReceivedBlob {
  /** BLAKE3, 32 bytes, of what was received. */
  readonly hash: Uint8Array
  /** In bytes. */
  readonly size: number
  /** Makes the blob readable by its hash; it is durable when this resolves. */
  keep(): Promise<void>
  /** Forgets the blob; does nothing after `keep`. */
  discard(): Promise<void>
}

/** A blob opened for reading. `stream` or `close` must be called, once. */
export interface OpenBlob {
  /** In bytes. */
  readonly size: number
  /** @returns the bytes from `start` up to, but without, `end`; the blob closes itself at the end or on cancel. */
  stream(start: number, end: number): ReadableStream<Uint8Array>
  close(): Promise<void>
}

/** Immutable bytes by their BLAKE3 hash. It knows nothing of accounts and pins. */
export interface BlobStore {
  /**
   * Takes in one blob, never more than a piece of it in memory (if the store itself is not memory).
   *
   * @throws BlobTooLargeError as soon as more than `maxBytes` came; whatever `source` throws. Nothing stays then.
   */
  receive(source: ByteSource, maxBytes: number): Promise<ReceivedBlob>
  /** @returns the size in bytes, or `undefined` when the blob is not there. */
  size(hash: Uint8Array): Promise<number | undefined>
  /** @returns the blob, or `undefined` when it is not there. It stays readable if it is removed meanwhile. */
  open(hash: Uint8Array): Promise<OpenBlob | undefined>
  /** Removes the blob if it is there. */
  remove(hash: Uint8Array): Promise<void>
  /** Removes all of them. */
  clear(): Promise<void>
}

/** An upload is longer than the portal takes. */
export class BlobTooLargeError extends Error {
  override readonly name = 'BlobTooLargeError'

  constructor(readonly maxBytes: number) {
    super(`the blob is larger than ${maxBytes} bytes`)
  }
}
