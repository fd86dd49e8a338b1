import { base16 } from 'multiformats/bases/base16'
import { base32 } from 'multiformats/bases/base32'
import { base58btc } from 'multiformats/bases/base58'
import { base64url } from 'multiformats/bases/base64'
import { concatBytes, fromLittleEndian, littleEndian } from '../bytes/bytes'
import { InvalidInputError } from '../errors/caller-errors'
import { CorruptDataError } from '../errors/data-errors'
import { BLAKE3_MULTIHASH, bareHash, HASH_BYTES, isBlake3Multihash } from './blob-hash'
import { decodeMultibase } from './multibase'

const PREFIX = new Uint8Array([0x5b, 0x82])
const LEGACY_PREFIX = 0x26
const MAX_SIZE_BYTES = 8

/**
 * Names a blob by content and size. Bytes: `5b 82`, `1e`, BLAKE3 hash (32), size (little endian,
 * without trailing zero bytes, at least one byte). Sizes are exact up to 2^53 - 1.
 */
export class BlobIdentifier {
  /** 33 bytes: 0x1e and the hash. */
  readonly hash33: Uint8Array
  /** In bytes; 0 where the size is not known. */
  readonly size: number

  /** @throws InvalidInputError */
  constructor(hash: Uint8Array, size: number) {
    if (!Number.isSafeInteger(size) || size < 0)
      throw new InvalidInputError('A blob size is an integer from 0')
    this.hash33 = concatBytes(new Uint8Array([BLAKE3_MULTIHASH]), bareHash(hash))
    this.size = size
  }

  /** The 32 bytes of the BLAKE3 hash; a copy. */
  get hash(): Uint8Array {
    return this.hash33.slice(1)
  }

  /**
   * Reads the bytes or a multibase text (prefix b, z, u, f), in the present or the legacy form
   * (`26`, multihash byte, hash, size).
   * @throws CorruptDataError
   */
  static decode(identifier: string | Uint8Array): BlobIdentifier {
    const bytes = typeof identifier === 'string' ? decodeMultibase(identifier) : identifier
    const multihash = bytes.subarray(prefixLength(bytes))
    const sizeBytes = multihash.subarray(1 + HASH_BYTES)
    if (!isBlake3Multihash(multihash[0]) || sizeBytes.length < 1 || sizeBytes.length > MAX_SIZE_BYTES) {
      throw new CorruptDataError('Not a blob identifier')
    }
    const size = fromLittleEndian(sizeBytes)
    if (!Number.isSafeInteger(size)) throw new CorruptDataError('A blob identifier with a size beyond 2^53')
    return new BlobIdentifier(multihash.subarray(1, 1 + HASH_BYTES), size)
  }

  toBytes(): Uint8Array {
    return concatBytes(PREFIX, this.hash33, encodeSize(this.size))
  }

  /** Multibase base32: starts with `blob`. */
  toString(): string {
    return this.toBase32()
  }

  toBase32(): string {
    return base32.encode(this.toBytes())
  }

  toBase58(): string {
    return base58btc.encode(this.toBytes())
  }

  toBase64url(): string {
    return base64url.encode(this.toBytes())
  }

  toHex(): string {
    return base16.encode(this.toBytes())
  }
}

function prefixLength(bytes: Uint8Array): number {
  if (bytes[0] === PREFIX[0] && bytes[1] === PREFIX[1]) return PREFIX.length
  if (bytes[0] === LEGACY_PREFIX) return 1
  throw new CorruptDataError('Not a blob identifier')
}

function encodeSize(size: number): Uint8Array {
  const bytes = littleEndian(size, MAX_SIZE_BYTES)
  const lastUsed = bytes.findLastIndex((byte) => byte !== 0)
  return bytes.subarray(0, Math.max(1, lastUsed + 1))
}
