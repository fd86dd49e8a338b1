import * as z from 'zod/mini'
import { CorruptRecordError } from '../errors/storage-errors'
import { compareText, type DagValue, decodeDagCbor, digestOf, encodeDagCbor } from './codec'
import type { StoredRecord } from './record'

/** A value that the last writer wins: `[value, ms of writing, instance that wrote]`. */
export type Register = readonly [value: DagValue, time: number, device: string]

/** Where a sealed run of older records lies. */
export interface SegmentRef {
  name: string
  /** BLAKE3-256 of the blob. */
  hash: Uint8Array
  /** Size of the blob in bytes. */
  size: number
  count: number
  /** Level in the log-structured merge tree; 0 for a tail that was sealed. */
  tier: number
  /** Versions of the oldest and of the newest commit it holds records of. */
  first: number
  last: number
}

/** What a commit with an idempotency key leaves behind: 16-byte hashes of key and input, and its version. */
export type Receipt = readonly [key: Uint8Array, input: Uint8Array, version: number]

/** A version that is kept: its number, the hash of its head blob, and its time in ms. */
export type Checkpoint = readonly [version: number, hash: Uint8Array, time: number]

/** The newest state of a conversation, as it lies in one blob. */
export interface Head {
  id: string
  epoch: number
  version: number
  createdAt: number
  updatedAt: number
  title: Register | null
  fields: { readonly [name: string]: Register }
  messageCount: number
  /** The greatest order given so far, so that an append needs no older records. */
  lastOrder: number
  tail: readonly StoredRecord[]
  segments: readonly SegmentRef[]
  receipts: { readonly from: number; readonly entries: readonly Receipt[] }
  /** Instance → version of its last commit in this history. */
  clock: { readonly [device: string]: number }
  /** Hashes of the heads this one was built on: none, one, or two after a merge. */
  parents: readonly Uint8Array[]
  checkpoints: readonly Checkpoint[]
  sessionEpoch: number
  deleted?: true
}

const count = z.number().check(z.nonnegative(), z.refine(Number.isSafeInteger))
const bytes = (length: number) =>
  z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length === length)
const dagValue = z.custom<DagValue>((value) => value !== undefined)
const register = z.tuple([dagValue, count, z.string()])
const record = z.strictObject({
  id: z.string(),
  order: count,
  stamp: count,
  device: z.string(),
  version: count,
  deleted: z.exactOptional(z.literal(true)),
  body: z.exactOptional(dagValue),
})
const segmentRef = z.strictObject({
  name: z.string(),
  hash: bytes(32),
  size: count,
  count,
  tier: count,
  first: count,
  last: count,
})
const head = z.strictObject({
  id: z.string(),
  epoch: count,
  version: count,
  createdAt: count,
  updatedAt: count,
  title: z.nullable(register),
  fields: z.record(z.string(), register),
  messageCount: count,
  lastOrder: count,
  tail: z.array(record),
  segments: z.array(segmentRef),
  receipts: z.strictObject({ from: count, entries: z.array(z.tuple([bytes(16), bytes(16), count])) }),
  clock: z.record(z.string(), count),
  parents: z.array(bytes(32)),
  checkpoints: z.array(z.tuple([count, bytes(32), count])),
  sessionEpoch: count,
  deleted: z.exactOptional(z.literal(true)),
  salt: bytes(16),
})
const segment = z.strictObject({
  id: z.string(),
  epoch: count,
  name: z.string(),
  records: z.array(record),
  salt: bytes(16),
})

/**
 * The payload of a head blob, DAG-CBOR. `salt` is 16 random bytes: equal content never makes equal blobs.
 */
export function encodeHead(value: Head, salt: Uint8Array): Uint8Array {
  return encodeDagCbor({ ...value, salt } as unknown as DagValue)
}

/** @throws CorruptRecordError where the payload is no head, or the head of another conversation. */
export function decodeHead(payload: Uint8Array, id: string): Head {
  const { salt: _, ...parsed } = parsePayload(head, payload, 'head')
  if (parsed.id !== id) throw new CorruptRecordError('the head belongs to another conversation')
  return parsed
}

export function encodeSegment(
  place: { id: string; epoch: number; name: string },
  records: readonly StoredRecord[],
  salt: Uint8Array,
): Uint8Array {
  return encodeDagCbor({ ...place, records, salt } as unknown as DagValue)
}

/** @throws CorruptRecordError where the payload is not the segment `name` of conversation `id`. */
export function decodeSegment(payload: Uint8Array, id: string, name: string): StoredRecord[] {
  const parsed = parsePayload(segment, payload, 'segment')
  if (parsed.id !== id || parsed.name !== name) throw new CorruptRecordError('the segment belongs elsewhere')
  return parsed.records
}

/** The register that wins; on every device the same one. */
export function newerRegister<R extends Register | null | undefined>(a: R, b: R): R {
  if (a == null) return b
  if (b == null) return a
  if (a[1] !== b[1]) return a[1] > b[1] ? a : b
  const byDevice = compareText(a[2], b[2])
  if (byDevice !== 0) return byDevice > 0 ? a : b
  return compareText(digestOf(a[0]), digestOf(b[0])) >= 0 ? a : b
}

function parsePayload<T>(schema: z.ZodMiniType<T>, payload: Uint8Array, kind: string): T {
  const decoded = decodeOrThrow(payload, kind)
  const result = schema.safeParse(decoded)
  if (result.success) return result.data
  const place = result.error.issues[0]?.path.slice(0, 3).map(String).join('.') ?? ''
  throw new CorruptRecordError(`the ${kind} is malformed at "${place}"`)
}

function decodeOrThrow(payload: Uint8Array, kind: string): unknown {
  try {
    return decodeDagCbor(payload)
  } catch (cause) {
    throw new CorruptRecordError(`the ${kind} is not DAG-CBOR`, cause)
  }
}
