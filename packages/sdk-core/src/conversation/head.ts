import * as z from 'zod/mini'
import { CorruptRecordError } from '../errors/storage-errors'
import { compareText, type DagValue, decodeDagCbor, digestOf, encodeDagCbor } from './codec'
import type { StoredRecord } from './record'

/** A value that the last writer wins: `[value, ms of writing, instance that wrote]`, or no value any more. */
export type Register =
  | readonly [value: DagValue, time: number, device: string]
  | readonly [time: number, device: string]

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
  /** The greatest order of its records. */
  lastOrder: number
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
  moved?: Moved
}

/**
 * The conversation goes on in another epoch. `settled`, in epoch 0 only, means that all of it is there; until
 * then it is in this head.
 */
export interface Moved {
  epoch: number
  settled?: true
}

const count = z.number().check(z.nonnegative(), z.refine(Number.isSafeInteger))
const bytes = (length: number) =>
  z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length === length)
const dagValue = z.custom<DagValue>((value) => value !== undefined)
const register = z.union([z.tuple([dagValue, count, z.string()]), z.tuple([count, z.string()])])
const place = [z.string(), count, count, z.string(), count] as const
const record = z.union([z.tuple([...place, dagValue]), z.tuple(place)])
const segmentRef = z.tuple([z.string(), bytes(32), count, count, count, count, count, count])
const head = z.strictObject({
  id: z.string(),
  epoch: z.exactOptional(count),
  version: count,
  createdAt: count,
  updatedAt: count,
  title: z.exactOptional(z.nullable(register)),
  fields: z.exactOptional(z.record(z.string(), register)),
  messageCount: count,
  lastOrder: count,
  tail: z.array(record),
  segments: z.exactOptional(z.array(segmentRef)),
  receipts: z.exactOptional(
    z.strictObject({ from: count, entries: z.array(z.tuple([bytes(16), bytes(16), count])) }),
  ),
  clock: z.record(z.string(), count),
  parents: z.array(bytes(32)),
  checkpoints: z.exactOptional(z.array(z.tuple([count, bytes(32), count]))),
  sessionEpoch: z.exactOptional(count),
  deleted: z.exactOptional(z.literal(true)),
  moved: z.exactOptional(z.strictObject({ epoch: count, settled: z.exactOptional(z.literal(true)) })),
  salt: bytes(16),
})
const segment = z.strictObject({
  id: z.string(),
  epoch: count,
  name: z.string(),
  records: z.array(record),
  salt: bytes(16),
})

/** What a head says by leaving it out. */
const EMPTY = {
  epoch: 0,
  title: null,
  fields: {},
  segments: [],
  receipts: { from: 1, entries: [] },
  checkpoints: [],
  sessionEpoch: 0,
} as const

/**
 * The payload of a head blob, DAG-CBOR. Records and references to segments are lists, not maps, and fields
 * with their empty value are left out: small heads consist of little else. `salt` is 16 random bytes: equal
 * content never makes equal blobs.
 */
export function encodeHead(value: Head, salt: Uint8Array): Uint8Array {
  const packed: { [name: string]: DagValue } = {
    ...(value as unknown as { [name: string]: DagValue }),
    tail: value.tail.map(packRecord),
    segments: value.segments.map(packSegmentRef),
    salt,
  }
  for (const name of Object.keys(EMPTY)) if (isEmpty(packed[name])) delete packed[name]
  if (value.receipts.from === 1 && value.receipts.entries.length === 0) delete packed.receipts
  return encodeDagCbor(packed)
}

function isEmpty(value: DagValue | undefined): boolean {
  if (value === null || value === 0) return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

/** @throws CorruptRecordError where the payload is no head, or the head of another conversation. */
export function decodeHead(payload: Uint8Array, id: string): Head {
  const { salt: _, tail, segments, ...parsed } = { ...EMPTY, ...parsePayload(head, payload, 'head') }
  if (parsed.id !== id) throw new CorruptRecordError('the head belongs to another conversation')
  return { ...parsed, tail: tail.map(unpackRecord), segments: segments.map(unpackSegmentRef) }
}

export function encodeSegment(
  place: { id: string; epoch: number; name: string },
  records: readonly StoredRecord[],
  salt: Uint8Array,
): Uint8Array {
  return encodeDagCbor({ ...place, records: records.map(packRecord), salt })
}

/** @throws CorruptRecordError where the payload is not the segment `name` of conversation `id`. */
export function decodeSegment(payload: Uint8Array, id: string, name: string): StoredRecord[] {
  const parsed = parsePayload(segment, payload, 'segment')
  if (parsed.id !== id || parsed.name !== name) throw new CorruptRecordError('the segment belongs elsewhere')
  return parsed.records.map(unpackRecord)
}

/** `[id, order, stamp, device, version, body]`, without the body for a stub. */
function packRecord({ id, order, stamp, device, version, body }: StoredRecord): DagValue {
  return [id, order, stamp, device, version, ...(body === undefined ? [] : [body])]
}

function unpackRecord([id, order, stamp, device, version, body]: z.output<typeof record>): StoredRecord {
  const place = { id, order, stamp, device, version }
  return body === undefined ? { ...place, deleted: true } : { ...place, body }
}

/** `[name, hash, size, count, tier, first, last, lastOrder]`. */
function packSegmentRef({ name, hash, size, count, tier, first, last, lastOrder }: SegmentRef): DagValue {
  return [name, hash, size, count, tier, first, last, lastOrder]
}

function unpackSegmentRef(packed: z.output<typeof segmentRef>): SegmentRef {
  const [name, hash, size, count, tier, first, last, lastOrder] = packed
  return { name, hash, size, count, tier, first, last, lastOrder }
}

/** The register that wins; on every device the same one. */
export function newerRegister<R extends Register | null | undefined>(a: R, b: R): R {
  if (a == null) return b
  if (b == null) return a
  const byTime = timeOf(a) - timeOf(b)
  if (byTime !== 0) return byTime > 0 ? a : b
  const byDevice = compareText(String(a.at(-1)), String(b.at(-1)))
  if (byDevice !== 0) return byDevice > 0 ? a : b
  return compareText(digestOf(a), digestOf(b)) >= 0 ? a : b
}

/** When a register was written, in ms. */
export function timeOf(register: Register): number {
  return register.length === 3 ? register[1] : register[0]
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
