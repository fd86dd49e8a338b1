import { InvalidInputError } from '../errors/caller-errors'

export const HASH_BYTES = 32
/** Multihash byte of BLAKE3 that this client writes. */
export const BLAKE3_MULTIHASH = 0x1e
/** Multihash byte that older nodes write for the same hash. */
export const LEGACY_BLAKE3_MULTIHASH = 0x1f

export function isBlake3Multihash(byte: number | undefined): boolean {
  return byte === BLAKE3_MULTIHASH || byte === LEGACY_BLAKE3_MULTIHASH
}

/**
 * The 32 bytes of a BLAKE3 hash given with or without its multihash byte.
 * @throws InvalidInputError
 */
export function bareHash(hash: Uint8Array): Uint8Array {
  if (hash.length === HASH_BYTES) return hash
  if (hash.length === HASH_BYTES + 1 && isBlake3Multihash(hash[0])) return hash.subarray(1)
  throw new InvalidInputError('A hash has 32 bytes, or 33 with the multihash byte 0x1e or 0x1f')
}
