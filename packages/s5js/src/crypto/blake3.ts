import { blake3 } from '@noble/hashes/blake3.js'
import type { IHasher } from 'hash-wasm'

/** Above this, in bytes, the faster hasher is worth its 12 kB: 4 KiB take JavaScript less than a millisecond. */
const SMALL_BYTES = 4 * 1024
/** Above this, in bytes, it is worth waiting for. */
const LARGE_BYTES = 64 * 1024

let loading: Promise<void> | undefined
let hasher: IHasher | undefined

/** Loads the WebAssembly hasher once; where it may not run, hashing stays correct but slow. */
export function loadBlake3(): Promise<void> {
  loading ??= createHasher().then((loaded) => {
    hasher = loaded
  })
  return loading
}

/** The 32-byte BLAKE3 hash of `bytes`. */
export async function hashBlake3(bytes: Uint8Array): Promise<Uint8Array> {
  if (bytes.length > SMALL_BYTES) {
    const loaded = loadBlake3()
    if (bytes.length > LARGE_BYTES) await loaded
  }
  return hashBlake3Sync(bytes)
}

/** As `hashBlake3`, at once; slower until the faster hasher is loaded. */
export function hashBlake3Sync(bytes: Uint8Array): Uint8Array {
  // One shared state: init, update and digest must not be separated by an await.
  return hasher?.init().update(bytes).digest('binary') ?? blake3(bytes)
}

/** The hash of a blob of any size, read as a stream. */
export async function hashBlake3Blob(blob: Blob): Promise<Uint8Array> {
  const ownHasher = (await createHasher())?.init()
  if (ownHasher === undefined) return blake3(new Uint8Array(await blob.arrayBuffer()))
  const reader = blob.stream().getReader()
  for (let part = await reader.read(); !part.done; part = await reader.read()) ownHasher.update(part.value)
  return ownHasher.digest('binary')
}

async function createHasher(): Promise<IHasher | undefined> {
  try {
    const { createBLAKE3 } = await import('./blake3-wasm')
    return await createBLAKE3()
  } catch {
    return undefined
  }
}
