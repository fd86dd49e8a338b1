import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { concatBytes } from '../codec/bytes'

const KEY_BYTES = 33
const KEY_PREFIX = 0xed
/** The DER head of an Ed25519 public key (RFC 8410, section 4), before its 32 raw bytes. */
const SPKI_HEAD = Uint8Array.of(0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00)
/** The DER head of an Ed25519 private key (RFC 8410, section 7), before its 32-byte seed. */
const PKCS8_HEAD = Uint8Array.of(48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32)

/** Length of an Ed25519 seed in bytes (RFC 8032). */
export const SEED_BYTES = 32

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

/** Signs with one Ed25519 key, which it does not give away. */
export interface Signer {
  /** `ed` and 32 bytes. */
  readonly publicKey: Uint8Array
  /** @returns the 64-byte signature over `message` (RFC 8032) */
  sign(message: Uint8Array): Uint8Array
}

/** @param seed - 32 bytes */
export function createSigner(seed: Uint8Array): Signer {
  const der = Buffer.from(concatBytes(PKCS8_HEAD, seed))
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
  const publicKey = concatBytes(Uint8Array.of(KEY_PREFIX), spki.subarray(SPKI_HEAD.length))
  return { publicKey, sign: (message) => sign(null, message, key) }
}
