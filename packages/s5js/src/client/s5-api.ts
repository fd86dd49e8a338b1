import type { CryptoImplementation } from '../crypto/crypto-implementation'
import type { CallOptions } from '../http/call-options'
import type { BlobIdentifier } from '../identifier/blob-identifier'
import type { RegistryEntry } from '../registry/entry'

export interface DownloadOptions extends CallOptions {
  /** Reading stops beyond this many bytes. @default 67 108 864 (64 MiB) */
  maxBytes?: number
  /** Asks the network also for a blob that this client has read before. @default false */
  fresh?: boolean
}

export interface ListenOptions {
  /** Ends the subscription, as the returned function does. */
  signal?: AbortSignal
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
   * Portals are asked in turn, then the connected peers, who say where else it can be fetched.
   * @throws BlobNotFoundError only when there are portals, and every one said so
   * @throws DeadlineExceededError also when there are only peers, and all are silent
   * @throws CorruptDataError when a portal sends other bytes, or more than `maxBytes`
   */
  downloadBlobAsBytes(hash: Uint8Array, options?: DownloadOptions): Promise<Uint8Array>

  /** Asks a portal of ours to keep the blob for our account. @throws BlobNotFoundError */
  pinHash(hash: Uint8Array, options?: CallOptions): Promise<void>

  /** Tells all portals of ours that our account no longer needs the blob. Absent counts as done. */
  unpinHash(hash: Uint8Array, options?: CallOptions): Promise<void>

  /**
   * The entry with the highest revision, its signature verified, of all portals and all connected peers;
   * undefined only if there are portals, and every one said 404. Peers are silent about what they do not
   * have, and silence is not absence: with peers alone the call waits, up to its deadline.
   * @param pk 33 bytes: 0xed and the public key
   * @throws DeadlineExceededError also when there are only peers, and all are silent
   * @throws NotConnectedError when there are only peers, and none is connected
   */
  registryGet(pk: Uint8Array, options?: CallOptions): Promise<RegistryEntry | undefined>

  /**
   * Compare-and-set by revision. Resolves only when a portal has acknowledged the entry, or a peer has
   * answered with it when asked for what it has stored. Setting the stored entry again resolves too.
   * @throws RegistryConflictError with the stored entry
   * @throws NotConnectedError when there are only peers, and none is connected: nothing was sent
   */
  registrySet(entry: RegistryEntry, options?: CallOptions): Promise<void>

  /**
   * Calls back with the entry that peers hold now, and then with each that they push, as soon as it comes.
   * Every one is verified, and of a higher revision than the one before; revisions in between may be
   * missing. After a reconnect the peers are asked again, so that what was missed arrives.
   * @param pk 33 bytes: 0xed and the public key
   * @returns a function that ends the subscription
   * @throws UnsupportedError for a client without peers
   */
  registryListen(pk: Uint8Array, onEntry: (entry: RegistryEntry) => void, options?: ListenOptions): () => void
  /** @throws UnsupportedError */
  streamSubscribe(pk: Uint8Array): never
  /** @throws UnsupportedError */
  streamPublish(message: Uint8Array): never
}
