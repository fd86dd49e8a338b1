import type { KeyPairEd25519 } from './key-pair'

/** The primitives that S5 is made of. */
export interface CryptoImplementation {
  generateSecureRandomBytes(length: number): Uint8Array
  /** BLAKE3-256: 32 bytes. */
  hashBlake3(bytes: Uint8Array): Promise<Uint8Array>
  hashBlake3Sync(bytes: Uint8Array): Uint8Array
  /** Reads the blob as a stream: memory use does not grow with its size. */
  hashBlake3Blob(blob: Blob): Promise<Uint8Array>
  /** @param publicKey 32 bytes, or 33 with the leading 0xed */
  verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean>
  /** The 64-byte signature of RFC 8032; the same on every platform. */
  signEd25519(keyPair: KeyPairEd25519, message: Uint8Array): Promise<Uint8Array>
  /** @param seed 32 bytes; copied */
  newKeyPairEd25519(seed: Uint8Array): Promise<KeyPairEd25519>
  /** Ciphertext and 16-byte tag. @param key 32 bytes @param nonce 24 bytes, never used twice with a key */
  encryptXChaCha20Poly1305(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array): Promise<Uint8Array>
  /** @throws CorruptDataError when the tag does not match */
  decryptXChaCha20Poly1305(key: Uint8Array, nonce: Uint8Array, ciphertext: Uint8Array): Promise<Uint8Array>
}
