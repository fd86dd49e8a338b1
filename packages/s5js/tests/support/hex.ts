import { base16 } from 'multiformats/bases/base16'
import { base58btc } from 'multiformats/bases/base58'

export function fromHex(hex: string): Uint8Array {
  return base16.baseDecode(hex)
}

export function toHex(bytes: Uint8Array): string {
  return base16.baseEncode(bytes)
}

/** The form in which nodes announce their id. */
export function toBase58(bytes: Uint8Array): string {
  return base58btc.encode(bytes)
}
