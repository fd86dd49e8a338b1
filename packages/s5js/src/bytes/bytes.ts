/** All parts one after another, in one new array. */
export function concatBytes(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((total, part) => total + part.length, 0))
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}

/** For public values only: the time it takes tells where they differ. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index])
}

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text))
}

/** `value` in `length` bytes, least significant first. */
export function littleEndian(value: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  // Division instead of shifts: shifts cut numbers to 32 bits.
  for (let index = 0, rest = value; rest > 0; index++, rest = Math.floor(rest / 256))
    bytes[index] = rest % 256
  return bytes
}

/** May exceed `Number.MAX_SAFE_INTEGER`, and is then inexact: the caller checks. */
export function fromLittleEndian(bytes: Uint8Array): number {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0)
}
