import { sha256 } from '@noble/hashes/sha2.js'
import { type DecodeOptions, decode, type EncodeOptions, encode } from 'cborg'

/** What DAG-CBOR holds here: JSON values, bytes, and maps and lists of them. */
export type DagValue =
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | readonly DagValue[]
  | { readonly [key: string]: DagValue }

/** DAG-CBOR (IPLD), without links: the only tag there is, and code for it that every browser would load. */
const ENCODING: EncodeOptions = {
  float64: true,
  typeEncoders: {
    undefined: () => {
      throw new TypeError('undefined has no encoding')
    },
    number: (value: number) => {
      if (!Number.isFinite(value)) throw new TypeError(`${value} has no encoding`)
      return null
    },
  },
}
const DECODING: DecodeOptions = {
  strict: true,
  allowIndefinite: false,
  allowNaN: false,
  allowInfinity: false,
  coerceUndefinedToNull: true,
  rejectDuplicateMapKeys: true,
}

/** DAG-CBOR (IPLD): one encoding for one value, so bytes can be hashed and compared. */
export function encodeDagCbor(value: DagValue): Uint8Array<ArrayBuffer> {
  return new Uint8Array(encode(value, ENCODING))
}

/** @throws Error where the bytes are not exactly one strict DAG-CBOR value. */
export function decodeDagCbor(bytes: Uint8Array): unknown {
  return decode(bytes, DECODING)
}

export function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

/** The first 16 bytes of SHA-256 over the DAG-CBOR of `value`, in hex. */
export function digestOf(value: DagValue): string {
  const bytes = sha256(encodeDagCbor(value)).subarray(0, 16)
  // Joined at once: engines keep a text that grew byte by byte as a tree thirty times its size.
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Byte-wise order of two strings in UTF-16 code units: the same on every device and in every locale. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
