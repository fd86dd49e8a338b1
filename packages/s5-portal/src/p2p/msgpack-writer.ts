import { concatBytes, encodeUint64 } from '../codec/bytes'

/** A whole number that is not negative, up to 2^53 - 1, as MessagePack. */
export function packUint(value: number): Uint8Array {
  if (value < 0x80) return Uint8Array.of(value)
  if (value < 0x100) return Uint8Array.of(0xcc, value)
  if (value < 0x1_0000) return Uint8Array.of(0xcd, value >> 8, value & 0xff)
  return concatBytes(Uint8Array.of(0xcf), encodeUint64(value).reverse())
}

/** A MessagePack binary value of at most 65,535 bytes. */
export function packBinary(bytes: Uint8Array): Uint8Array {
  const { length } = bytes
  const head = length < 0x100 ? [0xc4, length] : [0xc5, length >> 8, length & 0xff]
  return concatBytes(Uint8Array.of(...head), bytes)
}

export function packBoolean(value: boolean): Uint8Array {
  return Uint8Array.of(value ? 0xc3 : 0xc2)
}
