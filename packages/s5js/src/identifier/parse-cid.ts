import { bareHash, HASH_BYTES } from './blob-hash'
import { BlobIdentifier } from './blob-identifier'
import { decodeMultibase } from './multibase'

/**
 * The 32-byte hash in any form of CID that S5 applications pass around: the bare hash (bytes or
 * multibase), a hash with its multihash byte, or a blob identifier.
 * @throws CorruptDataError
 */
export function cidToHash(cid: string | Uint8Array): Uint8Array {
  const bytes = typeof cid === 'string' ? decodeMultibase(cid) : cid
  return bytes.length <= HASH_BYTES + 1 ? bareHash(bytes) : BlobIdentifier.decode(bytes).hash
}
