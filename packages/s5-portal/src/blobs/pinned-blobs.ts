import type { Pins } from '../accounts/pins'
import { bytesEqual } from '../codec/bytes'
import type { BlobStore, ByteSource, OpenBlob, ReceivedBlob } from './blob-store'
import { KeyedLock } from './keyed-lock'
import type { Replicas } from './replicas'

/** The name of a blob: its BLAKE3 hash and its size in bytes. */
export interface BlobName {
  readonly hash: Uint8Array
  readonly size: number
}

/**
 * Blobs with the accounts that want them kept: a blob stays as long as one account pins it. Uploads, pins
 * and unpins of one hash take turns, so a blob that was just acknowledged is never removed by an unpin that
 * began earlier.
 */
export class PinnedBlobs {
  readonly #blobs: BlobStore
  readonly #pins: Pins
  readonly #replicas: Replicas
  readonly #lock = new KeyedLock()

  constructor(blobs: BlobStore, pins: Pins, replicas: Replicas) {
    this.#blobs = blobs
    this.#pins = pins
    this.#replicas = replicas
  }

  /**
   * Stores a blob and pins it for `account`; both are durable when this resolves.
   *
   * @throws BlobTooLargeError beyond `maxBytes`; whatever `source` throws. Nothing is stored then.
   */
  async upload(account: Uint8Array, source: ByteSource, maxBytes: number): Promise<BlobName> {
    const received = await this.#blobs.receive(source, maxBytes)
    try {
      await this.#exclusively(received.hash, () => this.#keep(account, received))
    } catch (error) {
      await received.discard()
      throw error
    }
    return { hash: received.hash, size: received.size }
  }

  /**
   * Keeps a copy of a blob that another portal has; it is durable when this resolves.
   *
   * @returns `false` when the bytes are not those of `hash`; nothing is stored then.
   * @throws BlobTooLargeError beyond `maxBytes`; whatever `source` throws. Nothing is stored then.
   */
  async adopt(hash: Uint8Array, source: ByteSource, maxBytes: number): Promise<boolean> {
    const received = await this.#blobs.receive(source, maxBytes)
    try {
      if (!bytesEqual(received.hash, hash)) return false
      await this.#exclusively(hash, () => this.#keepReplica(received))
      return true
    } finally {
      await received.discard()
    }
  }

  /** @returns `false` when there is no such blob. */
  pin(account: Uint8Array, hash: Uint8Array): Promise<boolean> {
    return this.#exclusively(hash, async () => {
      const size = await this.#blobs.size(hash)
      if (size === undefined) return false
      await this.#pins.add(account, hash, size)
      return true
    })
  }

  /** @returns `false` when `account` had not pinned the blob. The last pin takes the blob with it, unless it is a copy too. */
  unpin(account: Uint8Array, hash: Uint8Array): Promise<boolean> {
    return this.#exclusively(hash, async () => {
      const { removed, left } = await this.#pins.remove(account, hash)
      if (removed && left === 0 && !this.#replicas.has(hash)) await this.#blobs.remove(hash)
      return removed
    })
  }

  size(hash: Uint8Array): Promise<number | undefined> {
    return this.#blobs.size(hash)
  }

  open(hash: Uint8Array): Promise<OpenBlob | undefined> {
    return this.#blobs.open(hash)
  }

  /** @returns up to `limit` hashes of blobs that accounts pin, after `hash`, in the order of their bytes. */
  listPinnedAfter(hash: Uint8Array, limit: number): Uint8Array[] {
    return this.#pins.listAfter(hash, limit)
  }

  async #keep(account: Uint8Array, received: ReceivedBlob): Promise<void> {
    await received.keep()
    await this.#pins.add(account, received.hash, received.size)
  }

  async #keepReplica(received: ReceivedBlob): Promise<void> {
    await received.keep()
    await this.#replicas.add(received.hash)
  }

  #exclusively<T>(hash: Uint8Array, task: () => Promise<T>): Promise<T> {
    return this.#lock.run(Buffer.from(hash).toString('hex'), task)
  }
}
