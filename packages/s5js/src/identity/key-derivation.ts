import { blake3 } from '@noble/hashes/blake3.js'
import { concatBytes, littleEndian } from '../bytes/bytes'

/** The 32-byte child key number `tweak` of a 32-byte key: BLAKE3(key, tweak as 32 bytes little endian). */
export function deriveByNumber(key: Uint8Array, tweak: number): Uint8Array {
  return hashAndWipe(concatBytes(key, littleEndian(tweak, 32)))
}

/** The 32-byte child key named by bytes: BLAKE3(key, BLAKE3(name)). */
export function deriveByName(key: Uint8Array, name: Uint8Array): Uint8Array {
  return hashAndWipe(concatBytes(key, blake3(name)))
}

function hashAndWipe(secretInput: Uint8Array): Uint8Array {
  const hash = blake3(secretInput)
  secretInput.fill(0)
  return hash
}
