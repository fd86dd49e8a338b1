import { concatBytes, fromLittleEndian, littleEndian, utf8 } from '../bytes/bytes'
import { signEd25519, verifyEd25519 } from '../crypto/ed25519'
import type { KeyPairEd25519 } from '../crypto/key-pair'
import { CorruptDataError } from '../errors/data-errors'
import { isRegistryKey } from '../registry/entry-shape'
import { decodeUtf8 } from './message-pack'

export const STORAGE_LOCATION = 0x05
/** A URL of the file itself: kind 3, or 5 where the node also keeps it for ever. */
export const LOCATION_KINDS: readonly number[] = [3, 5]

const MAX_PARTS = 16
const MAX_PART_BYTES = 2048
const PARTS_START = 40
const KEY_BYTES = 33
const SIGNATURE_BYTES = 64

/** A node's signed statement of where a blob can be fetched. */
export interface StorageLocation {
  /** 33 bytes: 0x1f and the BLAKE3 hash, as it was asked for. */
  hash: Uint8Array
  kind: number
  /** Unix time in seconds. */
  expiresAtSeconds: number
  /** The first is an absolute URL. */
  parts: string[]
  /** 33 bytes: 0xed and the node's public key. */
  signer: Uint8Array
  signature: Uint8Array
}

/** What is signed: everything but key and signature. */
function signedBytes(location: Omit<StorageLocation, 'signer' | 'signature'>): Uint8Array {
  const { hash, kind, expiresAtSeconds, parts } = location
  const texts = parts.map(utf8).flatMap((text) => [littleEndian(text.length, 2), text])
  return concatBytes(
    Uint8Array.of(STORAGE_LOCATION),
    hash,
    Uint8Array.of(kind),
    littleEndian(expiresAtSeconds, 4),
    Uint8Array.of(parts.length),
    ...texts,
    Uint8Array.of(0),
  )
}

export async function createStorageLocation(
  keyPair: KeyPairEd25519,
  location: Omit<StorageLocation, 'signer' | 'signature'>,
): Promise<StorageLocation> {
  const signature = await signEd25519(keyPair, signedBytes(location))
  return { ...location, signer: keyPair.publicKey.slice(), signature }
}

export function verifyStorageLocation(location: StorageLocation): Promise<boolean> {
  return verifyEd25519(location.signer, signedBytes(location), location.signature)
}

/**
 * The S5 wire form: `05`, hash (33), kind (1), expiry (4, little endian), number of parts (1), each part
 * with its length (2, little endian), `00`, key (33), signature (64).
 */
export function serializeStorageLocation(location: StorageLocation): Uint8Array {
  return concatBytes(signedBytes(location), location.signer, location.signature)
}

/** Checks the shape but not the signature. @throws CorruptDataError */
export function deserializeStorageLocation(bytes: Uint8Array): StorageLocation {
  const { parts, end } = readParts(bytes)
  const signer = bytes.slice(end + 1, end + 1 + KEY_BYTES)
  const signature = bytes.slice(end + 1 + KEY_BYTES)
  const isFramed = bytes[0] === STORAGE_LOCATION && bytes[end] === 0
  if (!isFramed || !isRegistryKey(signer) || signature.length !== SIGNATURE_BYTES) throw malformed()
  return {
    hash: bytes.slice(1, 34),
    kind: bytes[34] ?? 0,
    expiresAtSeconds: fromLittleEndian(bytes.subarray(35, 39)),
    parts,
    signer,
    signature,
  }
}

function readParts(bytes: Uint8Array): { parts: string[]; end: number } {
  const count = bytes[PARTS_START - 1] ?? 0
  if (count > MAX_PARTS) throw malformed()
  const parts: string[] = []
  let end = PARTS_START
  for (let index = 0; index < count; index++) {
    const start = end + 2
    const length = fromLittleEndian(bytes.subarray(end, start))
    end = start + length
    if (length > MAX_PART_BYTES || end > bytes.length) throw malformed()
    parts.push(decodeUtf8(bytes.subarray(start, end)))
  }
  return { parts, end }
}

function malformed(): CorruptDataError {
  return new CorruptDataError('A peer sent a storage location that is malformed')
}
