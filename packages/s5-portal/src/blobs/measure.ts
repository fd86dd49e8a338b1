import { openBlake3 } from '../crypto/blake3'
import { BlobTooLargeError, type ByteSource } from './blob-store'

/**
 * Reads `source` to its end, giving each piece to `write`.
 *
 * @returns the hash and the size of all of it
 * @throws BlobTooLargeError before the piece that goes beyond `maxBytes` is written
 */
export async function measure(
  source: ByteSource,
  maxBytes: number,
  write: (piece: Uint8Array) => Promise<void> | void,
): Promise<{ hash: Uint8Array; size: number }> {
  const hasher = await openBlake3()
  let size = 0
  for await (const piece of source) {
    size += piece.length
    if (size > maxBytes) throw new BlobTooLargeError(maxBytes)
    hasher.update(piece)
    await write(piece)
  }
  return { hash: hasher.finish(), size }
}
