import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { CorruptDataError } from '../errors/data-errors'

/** Ciphertext and 16-byte tag. @param key 32 bytes @param nonce 24 bytes, never used twice with a key */
export function encryptXChaCha20Poly1305(
  key: Uint8Array,
  nonce: Uint8Array,
  plaintext: Uint8Array,
): Uint8Array {
  return xchacha20poly1305(key, nonce).encrypt(plaintext)
}

/** @throws CorruptDataError when key, nonce or bytes do not belong together */
export function decryptXChaCha20Poly1305(
  key: Uint8Array,
  nonce: Uint8Array,
  ciphertext: Uint8Array,
): Uint8Array {
  try {
    return xchacha20poly1305(key, nonce).decrypt(ciphertext)
  } catch (cause) {
    throw new CorruptDataError('Encrypted data that does not open with its key', { cause })
  }
}
