import { hashBlake3, hashBlake3Blob, hashBlake3Sync } from './blake3'
import type { CryptoImplementation } from './crypto-implementation'
import { newKeyPairEd25519, signEd25519, verifyEd25519 } from './ed25519'
import type { KeyPairEd25519 } from './key-pair'
import { randomBytes } from './random'
import { decryptXChaCha20Poly1305, encryptXChaCha20Poly1305 } from './xchacha20poly1305'

/** The one implementation: WebAssembly for hashes, the platform for Ed25519, JavaScript for XChaCha20. */
export class JSCryptoImplementation implements CryptoImplementation {
  generateSecureRandomBytes(length: number): Uint8Array {
    return randomBytes(length)
  }

  hashBlake3(bytes: Uint8Array): Promise<Uint8Array> {
    return hashBlake3(bytes)
  }

  hashBlake3Sync(bytes: Uint8Array): Uint8Array {
    return hashBlake3Sync(bytes)
  }

  hashBlake3Blob(blob: Blob): Promise<Uint8Array> {
    return hashBlake3Blob(blob)
  }

  verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
    return verifyEd25519(publicKey, message, signature)
  }

  signEd25519(keyPair: KeyPairEd25519, message: Uint8Array): Promise<Uint8Array> {
    return signEd25519(keyPair, message)
  }

  newKeyPairEd25519(seed: Uint8Array): Promise<KeyPairEd25519> {
    return newKeyPairEd25519(seed)
  }

  async encryptXChaCha20Poly1305(
    key: Uint8Array,
    nonce: Uint8Array,
    plaintext: Uint8Array,
  ): Promise<Uint8Array> {
    return encryptXChaCha20Poly1305(key, nonce, plaintext)
  }

  async decryptXChaCha20Poly1305(
    key: Uint8Array,
    nonce: Uint8Array,
    ciphertext: Uint8Array,
  ): Promise<Uint8Array> {
    return decryptXChaCha20Poly1305(key, nonce, ciphertext)
  }
}
