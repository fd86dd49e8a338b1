import { concatBytes } from '../codec/bytes'
import type { BlobStore, ByteSource, OpenBlob, ReceivedBlob } from './blob-store'
import { measure } from './measure'

/** Keeps blobs in this process. */
export class MemoryBlobStore implements BlobStore {
  readonly #bytesByHash = new Map<string, Uint8Array>()

  async receive(source: ByteSource, maxBytes: number): Promise<ReceivedBlob> {
    const pieces: Uint8Array[] = []
    const { hash, size } = await measure(source, maxBytes, (piece) => void pieces.push(piece))
    const keep = async () => void this.#bytesByHash.set(mapKey(hash), concatBytes(...pieces))
    return { hash, size, keep, discard: async () => {} }
  }

  async size(hash: Uint8Array): Promise<number | undefined> {
    return this.#bytesByHash.get(mapKey(hash))?.length
  }

  async open(hash: Uint8Array): Promise<OpenBlob | undefined> {
    const bytes = this.#bytesByHash.get(mapKey(hash))
    return (
      bytes && {
        size: bytes.length,
        stream: (start, end) => streamOf(bytes.subarray(start, end)),
        close: async () => {},
      }
    )
  }

  async remove(hash: Uint8Array): Promise<void> {
    this.#bytesByHash.delete(mapKey(hash))
  }

  async clear(): Promise<void> {
    this.#bytesByHash.clear()
  }
}

function mapKey(hash: Uint8Array): string {
  return Buffer.from(hash).toString('hex')
}

function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      if (bytes.length > 0) controller.enqueue(bytes)
      controller.close()
    },
  })
}
