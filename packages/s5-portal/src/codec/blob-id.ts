import { base16 } from 'multiformats/bases/base16'
import { base32 } from 'multiformats/bases/base32'
import { base58btc } from 'multiformats/bases/base58'
import { base64url } from 'multiformats/bases/base64'
import { concatBytes, encodeUint64 } from './bytes'

const BLOB_PREFIX = [0x5b, 0x82] as const
const LEGACY_PREFIX = 0x26
const BLAKE3 = 0x1e
const BLAKE3_LEGACY = 0x1f
const HASH_BYTES = 32
const MAX_SIZE_BYTES = 8
/** The longest accepted form is hex: a prefix character and two digits for each of 43 bytes. */
const MAX_TEXT_LENGTH = 1 + 2 * (3 + HASH_BYTES + MAX_SIZE_BYTES)

const decoders = { f: base16, b: base32, z: base58btc, u: base64url }

/**
 * The canonical name of a blob: `5b 82 1e`, its BLAKE3 hash, and its size in little-endian order without
 * trailing zero bytes (at least one byte stays), as multibase base32.
 */
export function formatBlobId(hash: Uint8Array, size: number): string {
  return base32.encode(concatBytes(Uint8Array.of(...BLOB_PREFIX, BLAKE3), hash, trimmedSize(size)))
}

/**
 * Reads the 32-byte BLAKE3 hash out of any name a blob has on the S5 network: blob ids with either BLAKE3
 * byte, legacy ids (`26`) and the bare hash, in multibase hex, base32, base58btc or base64url.
 *
 * The size inside is ignored: clients that know only the hash ask with size 0.
 *
 * @returns `undefined` for everything else, without decoding texts that are too long to be a name.
 */
export function parseBlobHash(text: string): Uint8Array | undefined {
  const bytes = text.length <= MAX_TEXT_LENGTH ? decodeMultibase(text) : undefined
  if (bytes === undefined) return undefined
  if (bytes.length === HASH_BYTES) return bytes
  const start = hashOffset(bytes)
  const sizeBytes = bytes.length - start - HASH_BYTES
  return start > 0 && sizeBytes >= 1 && sizeBytes <= MAX_SIZE_BYTES
    ? bytes.subarray(start, start + HASH_BYTES)
    : undefined
}

function decodeMultibase(text: string): Uint8Array | undefined {
  const decoder = decoders[text.charAt(0) as keyof typeof decoders]
  try {
    return decoder?.decode(text)
  } catch {
    return undefined
  }
}

/** @returns where the hash begins, 0 when the prefix is unknown. */
function hashOffset(bytes: Uint8Array): number {
  const isBlake3 = (byte: number | undefined) => byte === BLAKE3 || byte === BLAKE3_LEGACY
  if (bytes[0] === LEGACY_PREFIX && isBlake3(bytes[1])) return 2
  return bytes[0] === BLOB_PREFIX[0] && bytes[1] === BLOB_PREFIX[1] && isBlake3(bytes[2]) ? 3 : 0
}

function trimmedSize(size: number): Uint8Array {
  const bytes = encodeUint64(size)
  let length = bytes.length
  while (length > 1 && bytes[length - 1] === 0) length -= 1
  return bytes.subarray(0, length)
}
