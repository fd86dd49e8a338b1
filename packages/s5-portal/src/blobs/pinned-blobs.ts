import type { Pins } from '../accounts/pins'
import type { BlobStore, ByteSource, OpenBlob, ReceivedBlob } from './blob-store'
import { KeyedLock } from './keyed-lock'

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
  readonly #lock = new KeyedLock()

  constructor(blobs: BlobStore, pins: Pins) {
    this.#blobs = blobs
    this.#pins = pins
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

  /** @returns `false` when there is no such blob. */
  pin(account: Uint8Array, hash: Uint8Array): Promise<boolean> {
    return this.#exclusively(hash, async () => {
      const size = await this.#blobs.size(hash)
      if (size === undefined) return false
      await this.#pins.add(account, hash, size)
      return true
    })
  }

  /** @returns `false` when `account` had not pinned the blob. The last pin takes the blob with it. */
  unpin(account: Uint8Array, hash: Uint8Array): Promise<boolean> {
    return this.#exclusively(hash, async () => {
      const { removed, left } = await this.#pins.remove(account, hash)
      if (removed && left === 0) await this.#blobs.remove(hash)
      return removed
    })
  }

  size(hash: Uint8Array): Promise<number | undefined> {
    return this.#blobs.size(hash)
  }

  open(hash: Uint8Array): Promise<OpenBlob | undefined> {
    return this.#blobs.open(hash)
  }

  async #keep(account: Uint8Array, received: ReceivedBlob): Promise<void> {
    await received.keep()
    await this.#pins.add(account, received.hash, received.size)
  }

  #exclusively<T>(hash: Uint8Array, task: () => Promise<T>): Promise<T> {
    return this.#lock.run(Buffer.from(hash).toString('hex'), task)
  }
}
