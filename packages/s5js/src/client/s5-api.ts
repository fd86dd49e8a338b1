import type { CryptoImplementation } from '../crypto/crypto-implementation'
import type { CallOptions } from '../http/call-options'
import type { BlobIdentifier } from '../identifier/blob-identifier'
import type { RegistryEntry } from '../registry/entry'

export interface DownloadOptions extends CallOptions {
  /** Reading stops beyond this many bytes. @default 67 108 864 (64 MiB) */
  maxBytes?: number
}

/** Blobs and registry entries. Nothing in here repeats a request that failed, but for a renewed token. */
export interface S5APIInterface {
  readonly crypto: CryptoImplementation

  /** Resolves when calls may be made; loads the hash function. */
  ensureInitialized(): Promise<void>

  /**
   * Stores the bytes on the first portal that takes them, in the order the portals were given.
   * Resolves only when that portal has acknowledged exactly these bytes.
   * @throws NotAuthenticatedError `No portals available for upload`
   * @throws CorruptDataError when the portal acknowledges something else
   */
  uploadBlob(blob: Blob | Uint8Array, options?: CallOptions): Promise<BlobIdentifier>

  /**
   * The bytes with this hash, verified; the array is the caller's own.
   * @param hash 33 bytes (0x1e or 0x1f, and the BLAKE3 hash) or the 32 bytes of the hash
   * @throws BlobNotFoundError only when every portal said so
   * @throws CorruptDataError when a portal sends other bytes, or more than `maxBytes`
   */
  downloadBlobAsBytes(hash: Uint8Array, options?: DownloadOptions): Promise<Uint8Array>

  /** Asks a portal of ours to keep the blob for our account. @throws BlobNotFoundError */
  pinHash(hash: Uint8Array, options?: CallOptions): Promise<void>

  /** Tells all portals of ours that our account no longer needs the blob. Absent counts as done. */
  unpinHash(hash: Uint8Array, options?: CallOptions): Promise<void>

  /**
   * The entry with the highest revision, its signature verified; undefined only if every portal said 404.
   * @param pk 33 bytes: 0xed and the public key
   */
  registryGet(pk: Uint8Array, options?: CallOptions): Promise<RegistryEntry | undefined>

  /**
   * Compare-and-set by revision. Resolves only when a portal has acknowledged the entry;
   * setting the stored entry again resolves too.
   * @throws RegistryConflictError with the stored entry
   */
  registrySet(entry: RegistryEntry, options?: CallOptions): Promise<void>

  /** @throws UnsupportedError */
  registryListen(pk: Uint8Array): never
  /** @throws UnsupportedError */
  streamSubscribe(pk: Uint8Array): never
  /** @throws UnsupportedError */
  streamPublish(message: Uint8Array): never
}
