import { concatBytes, decodeUint64, encodeUint64 } from '../codec/bytes'
import { isPublicKey, SIGNATURE_BYTES, verifyEd25519 } from '../crypto/ed25519'

const RECORD_TYPE = 0x07
const PUBLIC_KEY_BYTES = 33
const MAX_DATA_BYTES = 64
const MAX_REVISION = 2 ** 48
const DATA_LENGTH_OFFSET = 1 + PUBLIC_KEY_BYTES + 8

/** A signed, versioned value that only the holder of `pk` can replace. */
export interface RegistryEntry {
  /** `ed` and the 32 bytes of an Ed25519 public key. */
  readonly pk: Uint8Array
  /** 0 to 2^48; a higher one replaces a lower one. */
  readonly revision: number
  /** 1 to 64 bytes. */
  readonly data: Uint8Array
  /** Ed25519, 64 bytes, over `signedBytes`. */
  readonly signature: Uint8Array
}

/** @returns what is wrong with the entry's form, or `undefined`. The signature is not checked. */
export function findMalformedField(entry: RegistryEntry): string | undefined {
  if (!isPublicKey(entry.pk)) return 'pk must be the byte ed and 32 key bytes'
  if (!Number.isInteger(entry.revision) || entry.revision < 0 || entry.revision > MAX_REVISION) {
    return 'revision must be an integer from 0 to 2^48'
  }
  if (entry.data.length < 1 || entry.data.length > MAX_DATA_BYTES) return 'data must have 1 to 64 bytes'
  if (entry.signature.length !== SIGNATURE_BYTES) return 'signature must have 64 bytes'
  return undefined
}

/** The message of the signature: `07`, revision (8 bytes, little-endian), length of the data, data. */
export function signedBytes(entry: Omit<RegistryEntry, 'pk' | 'signature'>): Uint8Array {
  return concatBytes(
    Uint8Array.of(RECORD_TYPE),
    encodeUint64(entry.revision),
    Uint8Array.of(entry.data.length),
    entry.data,
  )
}

/** @returns whether the holder of `entry.pk` signed the entry. */
export function isSigned(entry: RegistryEntry): boolean {
  return verifyEd25519(entry.pk, signedBytes(entry), entry.signature)
}

/** The wire form of a registry entry: `07`, key, revision, length, data, signature. */
export function encodeEntry(entry: RegistryEntry): Uint8Array {
  const signed = signedBytes(entry)
  return concatBytes(signed.subarray(0, 1), entry.pk, signed.subarray(1), entry.signature)
}

/** @returns the entry in bytes from outside, or `undefined` when their length is not that of an entry. */
export function parseEntry(bytes: Uint8Array): RegistryEntry | undefined {
  const dataBytes = bytes[DATA_LENGTH_OFFSET] ?? 0
  const isWhole = bytes.length === DATA_LENGTH_OFFSET + 1 + dataBytes + SIGNATURE_BYTES
  return isWhole && bytes[0] === RECORD_TYPE ? decodeEntry(bytes) : undefined
}

/** The inverse of `encodeEntry`, for bytes of the right length. */
export function decodeEntry(bytes: Uint8Array): RegistryEntry {
  const dataStart = DATA_LENGTH_OFFSET + 1
  const dataEnd = dataStart + (bytes[DATA_LENGTH_OFFSET] ?? 0)
  return {
    pk: bytes.slice(1, 1 + PUBLIC_KEY_BYTES),
    revision: decodeUint64(bytes, 1 + PUBLIC_KEY_BYTES),
    data: bytes.slice(dataStart, dataEnd),
    signature: bytes.slice(dataEnd, dataEnd + SIGNATURE_BYTES),
  }
}
