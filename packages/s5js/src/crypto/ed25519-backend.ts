import type { Secret } from './secret'

/** One way to do Ed25519 (RFC 8032). All of them give the same bytes. */
export interface Ed25519Backend {
  /** 32 bytes. */
  publicKeyOf(seed: Secret): Promise<Uint8Array>
  /** 64 bytes. */
  sign(seed: Secret, message: Uint8Array): Promise<Uint8Array>
  /** False for anything malformed. @param publicKey 32 bytes @param signature 64 bytes */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean>
}

/** The fixed DER bytes before a raw seed in PKCS #8 (RFC 8410 section 7). */
export const PKCS8_PREFIX = new Uint8Array([
  0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
])
/** The fixed DER bytes before a raw public key in SubjectPublicKeyInfo (RFC 8410 section 4). */
export const SPKI_PREFIX = new Uint8Array([
  0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
])
