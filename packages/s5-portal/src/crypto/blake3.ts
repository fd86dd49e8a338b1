import { createBLAKE3, type IHasher } from 'hash-wasm'

/** As many as usually run at once; more are made when needed and dropped afterwards. */
const MAX_IDLE_HASHERS = 16
const idle: IHasher[] = []

/** Hashes a blob piece by piece, without holding it. */
export interface Blake3Stream {
  update(bytes: Uint8Array): void
  /** @returns the 32-byte BLAKE3 hash; the stream must not be used afterwards. */
  finish(): Uint8Array
}

/** @returns a fresh stream. The WebAssembly instances behind it are used again: making one costs more than 4 KiB of hashing. */
export async function openBlake3(): Promise<Blake3Stream> {
  const hasher = idle.pop() ?? (await createBLAKE3())
  hasher.init()
  return {
    update: (bytes) => void hasher.update(bytes),
    finish: () => finishHash(hasher),
  }
}

/** @returns the 32-byte BLAKE3 hash of `bytes`. */
export async function hashBlake3(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = await openBlake3()
  stream.update(bytes)
  return stream.finish()
}

function finishHash(hasher: IHasher): Uint8Array {
  const hash = hasher.digest('binary')
  if (idle.length < MAX_IDLE_HASHERS) idle.push(hasher)
  return hash
}
