import { blake3 } from '@noble/hashes/blake3.js'
import { createBLAKE3, type IHasher } from 'hash-wasm'

let loading: Promise<void> | undefined
let hasher: IHasher | undefined

/** Loads the WebAssembly hasher once; where it may not run, hashing stays correct but slow. */
export function loadBlake3(): Promise<void> {
  loading ??= createBLAKE3().then(
    (loaded) => {
      hasher = loaded
    },
    () => undefined,
  )
  return loading
}

/** The 32-byte BLAKE3 hash of `bytes`. */
export async function hashBlake3(bytes: Uint8Array): Promise<Uint8Array> {
  await loadBlake3()
  return hashBlake3Sync(bytes)
}

/** As `hashBlake3`, at once; slower until `hashBlake3` or `S5.create` has been awaited once. */
export function hashBlake3Sync(bytes: Uint8Array): Uint8Array {
  // One shared state: init, update and digest must not be separated by an await.
  return hasher?.init().update(bytes).digest('binary') ?? blake3(bytes)
}

/** The hash of a blob of any size, read as a stream. */
export async function hashBlake3Blob(blob: Blob): Promise<Uint8Array> {
  const ownHasher = (await createBLAKE3().catch(() => undefined))?.init()
  if (ownHasher === undefined) return blake3(new Uint8Array(await blob.arrayBuffer()))
  const reader = blob.stream().getReader()
  for (let part = await reader.read(); !part.done; part = await reader.read()) ownHasher.update(part.value)
  return ownHasher.digest('binary')
}
