import { toBase64url } from '../bytes/base64url'

const DEFAULT_MAX_BYTES = 32 * 1024 * 1024
/** A blob may take this part of the cache, so that one of them does not empty it. */
const LARGEST_SHARE = 4

/** Verified blobs by hash; the least recently used go first. Keeps and gives copies. */
export class BlobCache {
  readonly #maxBytes: number
  readonly #blobByHash = new Map<string, Uint8Array>()
  #bytes = 0

  constructor(maxBytes = DEFAULT_MAX_BYTES) {
    this.#maxBytes = maxBytes
  }

  get(hash: Uint8Array): Uint8Array | undefined {
    const key = toBase64url(hash)
    const blob = this.#blobByHash.get(key)
    if (blob === undefined) return undefined
    // A Map keeps the order of insertion: putting it in again makes it the youngest.
    this.#blobByHash.delete(key)
    this.#blobByHash.set(key, blob)
    return blob.slice()
  }

  put(hash: Uint8Array, blob: Uint8Array): void {
    const key = toBase64url(hash)
    if (blob.length > this.#maxBytes / LARGEST_SHARE || this.#blobByHash.has(key)) return
    this.#blobByHash.set(key, blob.slice())
    this.#bytes += blob.length
    for (const [oldest, { length }] of this.#blobByHash) {
      if (this.#bytes <= this.#maxBytes) return
      this.#blobByHash.delete(oldest)
      this.#bytes -= length
    }
  }

  clear(): void {
    this.#blobByHash.clear()
    this.#bytes = 0
  }
}
