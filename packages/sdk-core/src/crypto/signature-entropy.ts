import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

const SALT = utf8ToBytes('s5-conversations/v1')
const INFO = utf8ToBytes('wallet')

/**
 * The 16 bytes behind the identity of a wallet: HKDF-SHA256 (RFC 5869).
 * @param rs `r ‖ s` of its signature, 32 bytes each, big-endian; never the `v`, nor any encoding
 */
export function entropyOfSignature(rs: Uint8Array): Uint8Array {
  return hkdf(sha256, rs, SALT, INFO, 16)
}

/** Tells two identities apart, and says nothing of their keys: 16 hexadecimal digits. */
export function fingerprintOf(entropy: Uint8Array): string {
  return bytesToHex(hkdf(sha256, entropy, SALT, utf8ToBytes('fingerprint'), 8))
}
