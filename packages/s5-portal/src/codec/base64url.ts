import { base64url } from 'multiformats/bases/base64'

/** @returns base64url text without padding (RFC 4648, section 5). */
export function encodeBase64Url(bytes: Uint8Array): string {
  return base64url.baseEncode(bytes)
}

/** @returns the bytes, or `undefined` when `text` is not base64url. Padding is accepted: Dart clients send it. */
export function decodeBase64Url(text: string): Uint8Array | undefined {
  try {
    return base64url.baseDecode(text)
  } catch {
    return undefined
  }
}
