import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js'
import { concatBytes } from '@noble/hashes/utils.js'
import * as z from 'zod/mini'
import { decodeDagCbor, encodeDagCbor } from '../conversation/codec'
import type { Scheme } from '../conversation/types'
import { CorruptRecordError, DecryptionFailedError, UnsupportedFormatError } from '../errors/storage-errors'
import { deflateRaw, inflateRaw } from './deflate'
import type { RecordKind } from './keys'
import { padme } from './padding'
import { randomBytes } from './platform'

/** The format that this version writes; a higher one is refused. */
export const FORMAT = 1
/** Largest payload a record may inflate to, in bytes. */
export const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024

const LENGTH_BYTES = 4

const envelope = z.strictObject({
  format: z.literal(FORMAT),
  scheme: z.enum(['xsalsa20-poly1305', 'plain']),
  kind: z.enum(['head', 'segment', 'message', 'fields']),
  nonce: z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length === 24),
  body: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
})

/** What a record was opened to, and how it had been stored. */
export interface OpenedRecord {
  scheme: Scheme
  payload: Uint8Array
}

/**
 * The bytes of one record: a DAG-CBOR map of `format, scheme, kind, nonce, body`. The body is the payload's
 * length (4 bytes, little-endian) and the payload as raw DEFLATE; when sealed, that again with its length in
 * front, padded (Padmé), in NaCl secretbox (XSalsa20-Poly1305).
 * @throws CorruptRecordError never for what this SDK makes; RangeError beyond 16 MiB of payload.
 */
export async function writeRecord(
  kind: RecordKind,
  payload: Uint8Array,
  scheme: Scheme,
  key: Uint8Array,
): Promise<Uint8Array> {
  if (payload.length > MAX_PAYLOAD_BYTES)
    throw new RangeError(`a record holds ${MAX_PAYLOAD_BYTES} bytes at most`)
  const nonce = randomBytes(24)
  const packed = concatBytes(uint32(payload.length), await deflateRaw(new Uint8Array(payload)))
  return encodeDagCbor({ format: FORMAT, scheme, kind, nonce, body: protect(packed, scheme, nonce, key) })
}

/**
 * The inverse of {@link writeRecord}.
 * @throws UnsupportedFormatError, CorruptRecordError, DecryptionFailedError (the key does not open it)
 */
export async function readRecord(
  kind: RecordKind,
  bytes: Uint8Array,
  key: Uint8Array,
): Promise<OpenedRecord> {
  const { scheme, nonce, body, kind: found } = parseEnvelope(bytes)
  if (found !== kind) throw new CorruptRecordError(`expected a ${kind}, found a ${found}`)
  const packed = scheme === 'plain' ? body : unseal(body, nonce, key)
  if (packed.length < LENGTH_BYTES) throw new CorruptRecordError('a record is cut short')
  const size = readUint32(packed)
  if (size > MAX_PAYLOAD_BYTES) throw new CorruptRecordError(`a record declares ${size} bytes`)
  return { scheme, payload: await inflateRaw(packed.subarray(LENGTH_BYTES), size) }
}

/** The one place where sealed and plain records differ. */
function protect(packed: Uint8Array, scheme: Scheme, nonce: Uint8Array, key: Uint8Array): Uint8Array {
  if (scheme === 'plain') return packed
  const padded = new Uint8Array(padme(LENGTH_BYTES + packed.length))
  padded.set(uint32(packed.length))
  padded.set(packed, LENGTH_BYTES)
  return xsalsa20poly1305(key, nonce).encrypt(padded)
}

function unseal(body: Uint8Array, nonce: Uint8Array, key: Uint8Array): Uint8Array {
  const padded = open(body, nonce, key)
  const length = padded.length < LENGTH_BYTES ? 0 : readUint32(padded)
  if (LENGTH_BYTES + length > padded.length) throw new CorruptRecordError('a sealed record is cut short')
  return padded.subarray(LENGTH_BYTES, LENGTH_BYTES + length)
}

function open(body: Uint8Array, nonce: Uint8Array, key: Uint8Array): Uint8Array {
  try {
    return xsalsa20poly1305(key, nonce).decrypt(body)
  } catch {
    throw new DecryptionFailedError('a sealed record does not open with this key')
  }
}

function parseEnvelope(bytes: Uint8Array): z.output<typeof envelope> {
  const decoded = decodeOrThrow(bytes)
  const format = (decoded as { format?: unknown } | null)?.format
  if (typeof format === 'number' && format > FORMAT) throw new UnsupportedFormatError(format)
  const result = envelope.safeParse(decoded)
  if (!result.success) throw new CorruptRecordError('a record has no valid envelope')
  return result.data
}

function decodeOrThrow(bytes: Uint8Array): unknown {
  try {
    return decodeDagCbor(bytes)
  } catch (cause) {
    throw new CorruptRecordError('a record is not DAG-CBOR', cause)
  }
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(LENGTH_BYTES)
  new DataView(bytes.buffer).setUint32(0, value, true)
  return bytes
}

function readUint32(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
}
