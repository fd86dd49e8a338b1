import type { Secret } from './secret'

/** First byte of an Ed25519 public key in S5. */
export const ED25519_KEY_TYPE = 0xed

/** An Ed25519 key pair; the private half is its 32-byte seed (RFC 8032). */
export class KeyPairEd25519 {
  readonly privKey: Secret
  /** 32 bytes. */
  readonly pubKey: Uint8Array
  /** 33 bytes: 0xed and the public key, the form that S5 names owners by. */
  readonly publicKey: Uint8Array

  constructor(privKey: Secret, pubKey: Uint8Array) {
    this.privKey = privKey
    this.pubKey = pubKey
    this.publicKey = new Uint8Array(33)
    this.publicKey[0] = ED25519_KEY_TYPE
    this.publicKey.set(pubKey, 1)
  }
}
