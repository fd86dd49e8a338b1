/** Bytes over a plain buffer, as `fetch`, WebCrypto and `Response` want them. */
export type Bytes = Uint8Array<ArrayBuffer>

/** @returns the parts joined into one fresh array. */
export function concatBytes(...parts: readonly Uint8Array[]): Bytes {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}

/** Compares public bytes; it leaks timing, so secrets go through `crypto/secrets`. */
export function bytesEqual(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index])
}

/** @returns an unsigned 64-bit little-endian number; `value` must be a safe integer that is not negative. */
export function encodeUint64(value: number): Bytes {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true)
  return bytes
}

/** @returns the number in the eight bytes at `offset`, exact up to 2^53 - 1. */
export function decodeUint64(bytes: Uint8Array, offset: number): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(offset, true))
}
