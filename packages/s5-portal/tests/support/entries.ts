import { toBase64Url } from './bytes'
import { signWith, type TestKey } from './keys'

export interface EntryJson {
  readonly pk: string
  readonly revision: number
  readonly data: string
  readonly signature: string
}

/** A signed entry as it is posted; the bytes are laid out here anew, not by the code under test. */
export function signEntry(key: TestKey, revision: number, data: Uint8Array): EntryJson {
  const head = Buffer.alloc(10)
  head[0] = 7
  head.writeBigUInt64LE(BigInt(revision), 1)
  head[9] = data.length
  const signature = signWith(key, Buffer.concat([head, data]))
  return {
    pk: toBase64Url(key.publicKey),
    revision,
    data: toBase64Url(data),
    signature: toBase64Url(signature),
  }
}
