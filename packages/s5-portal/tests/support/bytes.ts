import { blake3 } from 'hash-wasm'

export const fromHex = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text, 'hex'))
export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
export const toBase64Url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
export const utf8 = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text))

export const hashOf = async (bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> =>
  fromHex(await blake3(bytes))
