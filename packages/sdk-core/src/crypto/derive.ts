import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { type DagValue, encodeDagCbor } from '../conversation/codec'

export const SALT = utf8ToBytes('s5-conversations/v1')

/** HKDF-SHA256 (RFC 5869) to 32 bytes; each info is one DAG-CBOR array, so that no two of them run together. */
export function derive(key: Uint8Array, info: DagValue[]): Uint8Array {
  return hkdf(sha256, key, SALT, encodeDagCbor(info), 32)
}
