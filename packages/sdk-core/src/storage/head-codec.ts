import {
  decodeHead,
  decodeSegment,
  encodeHead,
  encodeSegment,
  type Head,
  type SegmentRef,
} from '../conversation/head'
import type { StoredRecord } from '../conversation/record'
import { byId, type ConversationState } from '../conversation/state'
import type { Scheme } from '../conversation/types'
import { readRecord, writeRecord } from '../crypto/envelope'
import type { ConversationKeys } from '../crypto/keys'
import { randomBytes } from '../crypto/platform'
import { CorruptRecordError } from '../errors/storage-errors'
import type { Network } from './network'
import { describeRecords, type NewSegment, planSegments } from './segments'

/** The one name of a head record; segments have names of their own. */
const HEAD_NAME = 'head'
/** Largest blob of a head or a segment that is fetched, in bytes. */
export const MAX_BLOB_BYTES = 8 * 1024 * 1024

/** A segment ready to be uploaded. */
export interface SealedSegment {
  ref: SegmentRef
  records: ReadonlyMap<string, StoredRecord>
  blob: Uint8Array
}

/** A version ready to be uploaded. */
export interface SealedVersion {
  head: Head
  /** BLAKE3-256 of the head blob. */
  hash: Uint8Array
  cid: string
  blob: Uint8Array
  /** Segments that are new. */
  segments: readonly SealedSegment[]
}

/** Turns a state into blobs. */
export async function sealVersion(
  state: ConversationState,
  scheme: Scheme,
  keys: ConversationKeys,
  network: Network,
): Promise<SealedVersion> {
  const plan = planSegments(state)
  const segments = await Promise.all(plan.added.map((segment) => sealSegment(segment, scheme, keys, network)))
  const refs = [...plan.kept, ...segments.map(({ ref }) => ref)]
  return {
    ...(await sealHead({ ...state.head, tail: plan.tail, segments: refs }, scheme, keys, network)),
    segments,
  }
}

export async function sealHead(
  head: Head,
  scheme: Scheme,
  keys: ConversationKeys,
  network: Network,
): Promise<Omit<SealedVersion, 'segments'>> {
  const { id, epoch } = keys
  const payload = encodeHead({ ...head, id, epoch }, randomBytes(16))
  const blob = await writeRecord('head', payload, scheme, keys.recordKey('head', HEAD_NAME))
  const hash = await network.hash(blob)
  return { head: { ...head, epoch }, hash, cid: network.cidOf(hash, blob.length), blob }
}

export async function sealSegment(
  segment: NewSegment,
  scheme: Scheme,
  keys: ConversationKeys,
  network: Network,
): Promise<SealedSegment> {
  const { name, tier, records } = segment
  const payload = encodeSegment({ id: keys.id, epoch: keys.epoch, name }, records, randomBytes(16))
  const blob = await writeRecord('segment', payload, scheme, keys.recordKey('segment', name))
  const hash = await network.hash(blob)
  const ref = { name, hash, size: blob.length, tier, ...describeRecords(records) }
  return { ref, records: byId(records), blob }
}

/** The head, under the id that this device gives it. @throws CorruptRecordError, DecryptionFailedError, UnsupportedFormatError */
export async function openHead(
  blob: Uint8Array,
  keys: ConversationKeys,
): Promise<{ head: Head; scheme: Scheme }> {
  const { scheme, payload } = await readRecord('head', blob, keys.recordKey('head', HEAD_NAME))
  const head = decodeHead(payload, keys.id)
  if (head.epoch !== keys.epoch) throw new CorruptRecordError('the head belongs to another epoch')
  return { scheme, head: { ...head, id: keys.localId } }
}

/** The records of one segment. @throws CorruptRecordError also where its scheme is not the head's. */
export async function openSegment(
  ref: SegmentRef,
  blob: Uint8Array,
  scheme: Scheme,
  keys: ConversationKeys,
): Promise<ReadonlyMap<string, StoredRecord>> {
  const opened = await readRecord('segment', blob, keys.recordKey('segment', ref.name))
  if (opened.scheme !== scheme)
    throw new CorruptRecordError(`a ${scheme} head names a ${opened.scheme} segment`)
  const records = decodeSegment(opened.payload, keys.id, ref.name)
  if (records.length !== ref.count) throw new CorruptRecordError('a segment does not hold what its head says')
  return byId(records)
}
