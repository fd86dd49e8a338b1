import * as z from 'zod/mini'
import { readCheckedText, writeCheckedText } from '../conversation/checked-text'
import { decodeDagCbor, encodeDagCbor, isSameBytes } from '../conversation/codec'
import { decodeLetter, encodeLetter, type Letter } from '../conversation/grant'
import { InvalidInputError } from '../errors/input-errors'
import { DecryptionFailedError } from '../errors/storage-errors'
import type { SharingKeys } from './sharing-keys'

const KIND = 's5share'

const bytes = (length?: number) =>
  z.custom<Uint8Array>(
    (value) => value instanceof Uint8Array && (length === undefined || value.length === length),
  )
const capability = z.strictObject({ from: bytes(32), to: bytes(32), sealed: bytes() })

/** A letter to `to` (32 bytes) as text, which nobody else can open. */
export function writeCapability(keys: SharingKeys, to: Uint8Array, letter: Letter): string {
  const sealed = keys.seal(to, encodeLetter(letter))
  return writeCheckedText(KIND, encodeDagCbor({ from: keys.publicKey, to, sealed }))
}

/**
 * The inverse of {@link writeCapability}, and whose it is.
 * @throws InvalidInputError (cut short, altered), UnsupportedFormatError, DecryptionFailedError (to somebody else)
 */
export function readCapability(keys: SharingKeys, text: unknown): { from: Uint8Array; letter: Letter } {
  const { from, to, sealed } = parse(readCheckedText(KIND, text, 'capability'))
  if (!isSameBytes(to, keys.publicKey)) throw new DecryptionFailedError('the share is for somebody else')
  const opened = keys.open(from, sealed)
  const letter = opened && decodeLetter(opened)
  if (letter === undefined) throw new InvalidInputError('capability', 'was altered')
  return { from, letter }
}

function parse(content: Uint8Array): z.output<typeof capability> {
  try {
    return capability.parse(decodeDagCbor(content))
  } catch {
    throw new InvalidInputError('capability', 'is no capability')
  }
}
