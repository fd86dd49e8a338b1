import { createPublicKey, verify } from 'node:crypto'
import { concatBytes } from '../codec/bytes'

const KEY_BYTES = 33
const KEY_PREFIX = 0xed
/** The DER head of an Ed25519 public key (RFC 8410, section 4), before its 32 raw bytes. */
const SPKI_HEAD = Uint8Array.of(0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00)

/** Length of an Ed25519 signature in bytes (RFC 8032). */
export const SIGNATURE_BYTES = 64

/** @returns whether `key` has the form of an S5 public key: `ed` and 32 bytes. */
export function isPublicKey(key: Uint8Array): boolean {
  return key.length === KEY_BYTES && key[0] === KEY_PREFIX
}

/**
 * @param publicKey - `ed` and 32 bytes
 * @returns whether `signature` over `message` is by that key (RFC 8032); `false` also for malformed input.
 */
export function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (!isPublicKey(publicKey) || signature.length !== SIGNATURE_BYTES) return false
  try {
    const der = Buffer.from(concatBytes(SPKI_HEAD, publicKey.subarray(1)))
    return verify(null, message, createPublicKey({ key: der, format: 'der', type: 'spki' }), signature)
  } catch {
    return false
  }
}
