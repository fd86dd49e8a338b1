import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** HMAC-SHA256 (RFC 2104), in hex. */
export function hmacHex(key: string | Uint8Array, data: string | Uint8Array): string {
  return createHmac('sha256', key).update(data).digest('hex')
}

/** Takes as long whatever the texts are. */
export function isSameSecret(given: string, expected: string): boolean {
  const [a, b] = [given, expected].map((text) => createHash('sha256').update(text).digest())
  return a !== undefined && b !== undefined && timingSafeEqual(a, b)
}
