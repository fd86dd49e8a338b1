import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes } from '@noble/hashes/utils.js'
import { base64url } from 'multiformats/bases/base64'
import { InvalidInputError } from '../errors/input-errors'
import { UnsupportedFormatError } from '../errors/storage-errors'
import { isSameBytes } from './codec'

const VERSION = 1
const CHECK_BYTES = 4
/** Longest text that is read, in characters. */
const MAX_LENGTH = 16_384

/**
 * Bytes as text for people to pass on: the name of its kind, the version of its format, and in base64url (multibase)
 * the bytes and the first four of their SHA-256.
 */
export function writeCheckedText(kind: string, content: Uint8Array): string {
  return `${kind}${VERSION}.${base64url.encode(concatBytes(content, checkOf(content)))}`
}

/**
 * The inverse of {@link writeCheckedText}.
 * @throws InvalidInputError at `path` where the text is cut short or altered; UnsupportedFormatError where it is newer
 */
export function readCheckedText(kind: string, text: unknown, path: string): Uint8Array {
  const refuse = (problem: string) => new InvalidInputError(path, problem)
  if (typeof text !== 'string' || text.length > MAX_LENGTH) throw refuse('must be a text of this SDK')
  const [, name, version, body] = /^([a-z0-9-]*[a-z])(\d{1,4})\.(u[\w-]+)$/.exec(text.trim()) ?? []
  if (name !== kind || body === undefined) throw refuse(`must begin with ${kind}${VERSION}.`)
  if (Number(version) > VERSION) throw new UnsupportedFormatError(version)
  const bytes = decode(body)
  const content = bytes?.subarray(0, -CHECK_BYTES)
  if (
    bytes === undefined ||
    content === undefined ||
    !isSameBytes(checkOf(content), bytes.subarray(-CHECK_BYTES))
  ) {
    throw refuse('is cut short or altered')
  }
  return content
}

function checkOf(content: Uint8Array): Uint8Array {
  return sha256(content).subarray(0, CHECK_BYTES)
}

function decode(body: string): Uint8Array | undefined {
  try {
    return base64url.decode(body)
  } catch {
    return undefined
  }
}
