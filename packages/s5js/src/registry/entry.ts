/** A signed pointer of the S5 registry: at most one is current for each public key. */
export interface RegistryEntry {
  /** 33 bytes: 0xed and the Ed25519 public key. */
  pk: Uint8Array
  /** Integer from 0 to 2^48; a higher one replaces a lower one. */
  revision: number
  /** 1 to 64 bytes. */
  data: Uint8Array
  /** 64 bytes: Ed25519 (RFC 8032) over everything but the public key. */
  signature: Uint8Array
}

export const MAX_REVISION = 2 ** 48
export const MAX_DATA_BYTES = 64
