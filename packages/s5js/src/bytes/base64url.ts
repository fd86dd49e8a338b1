import { base64url } from 'multiformats/bases/base64'

/** RFC 4648 section 5, no padding. */
export function toBase64url(bytes: Uint8Array): string {
  return base64url.baseEncode(bytes)
}

/** Undefined when the text is not base64url. */
export function fromBase64url(text: string): Uint8Array | undefined {
  try {
    return base64url.baseDecode(text)
  } catch {
    return undefined
  }
}
