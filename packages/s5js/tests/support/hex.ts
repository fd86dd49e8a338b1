import { base58btc } from 'multiformats/bases/base58'

export function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'))
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

/** The form in which nodes announce their id. */
export function toBase58(bytes: Uint8Array): string {
  return base58btc.encode(bytes)
}
