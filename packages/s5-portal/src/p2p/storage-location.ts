import { concatBytes } from '../codec/bytes'
import type { Signer } from '../crypto/ed25519'

const RECORD_TYPE = 0x05
const BLAKE3_PEER = 0x1f
/** A file that is fetched by a plain GET from the first of its addresses. */
export const FILE_LOCATION = 3

/** Where a blob can be fetched, for a while. */
export interface StorageLocation {
  /** BLAKE3, 32 bytes. */
  readonly hash: Uint8Array
  /** Unix seconds, below 2^32. */
  readonly expiry: number
  /** Absolute. */
  readonly url: string
}

/** The signed part of a storage location: everything before the signer's key. */
export function storageLocationMessage({ hash, expiry, url }: StorageLocation): Uint8Array {
  const expiryBytes = new Uint8Array(4)
  new DataView(expiryBytes.buffer).setUint32(0, expiry, true)
  const text = new TextEncoder().encode(url)
  return concatBytes(
    Uint8Array.of(RECORD_TYPE, BLAKE3_PEER),
    hash,
    Uint8Array.of(FILE_LOCATION),
    expiryBytes,
    Uint8Array.of(1, text.length & 0xff, text.length >> 8),
    text,
    Uint8Array.of(0),
  )
}

/**
 * An S5 storage location of type file with one address. Its hash begins with `1f`: clients look the answer up
 * by the bytes they asked with.
 */
export function encodeStorageLocation(location: StorageLocation, signer: Signer): Uint8Array {
  const message = storageLocationMessage(location)
  return concatBytes(message, signer.publicKey, signer.sign(message))
}
