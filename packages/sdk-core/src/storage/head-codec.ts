import {
  decodeHead,
  decodeSegment,
  encodeHead,
  encodeSegment,
  type Head,
  type SegmentRef,
} from '../conversation/head'
import type { StoredRecord } from '../conversation/record'
import { assembleState, type ConversationState } from '../conversation/state'
import type { Scheme } from '../conversation/types'
import { readRecord, writeRecord } from '../crypto/envelope'
import type { ConversationKeys } from '../crypto/keys'
import { randomBytes } from '../crypto/platform'
import { CorruptRecordError } from '../errors/storage-errors'
import type { Network } from './network'
import { type NewSegment, planSegments, versionRange } from './segments'

/** The one name of a head record; segments have names of their own. */
const HEAD_NAME = 'head'
/** Largest blob of a head or a segment that is fetched, in bytes. */
export const MAX_BLOB_BYTES = 8 * 1024 * 1024

/** A version ready to be uploaded. */
export interface SealedVersion {
  state: ConversationState
  /** BLAKE3-256 of the head blob. */
  hash: Uint8Array
  cid: string
  /** All blobs the version needs that are new, the head among them. */
  blobs: readonly Uint8Array[]
}

/** Turns a state into blobs. */
export async function sealVersion(
  state: ConversationState,
  scheme: Scheme,
  keys: ConversationKeys,
  network: Network,
): Promise<SealedVersion> {
  const plan = planSegments(state)
  const added = await Promise.all(plan.added.map((segment) => sealSegment(segment, scheme, keys, network)))
  const segments = [...plan.kept, ...added.map(({ ref }) => ref)]
  const head: Head = { ...state.head, tail: plan.tail, segments }
  const blob = await writeRecord(
    'head',
    encodeHead(head, randomBytes(16)),
    scheme,
    keys.recordKey('head', HEAD_NAME),
  )
  const hash = await network.hash(blob)
  return {
    hash,
    cid: network.cidOf(hash, blob.length),
    state: { ...state, head, sealed: sealedAfter(state, segments, plan.added) },
    blobs: [...added.map((segment) => segment.blob), blob],
  }
}

/** @throws CorruptRecordError, DecryptionFailedError, UnsupportedFormatError */
export async function openHead(
  blob: Uint8Array,
  keys: ConversationKeys,
): Promise<{ head: Head; scheme: Scheme }> {
  const { scheme, payload } = await readRecord('head', blob, keys.recordKey('head', HEAD_NAME))
  return { scheme, head: decodeHead(payload, keys.id) }
}

/** The records of one segment. @throws CorruptRecordError also where its scheme is not the head's. */
export async function openSegment(
  ref: SegmentRef,
  blob: Uint8Array,
  scheme: Scheme,
  keys: ConversationKeys,
): Promise<readonly StoredRecord[]> {
  const opened = await readRecord('segment', blob, keys.recordKey('segment', ref.name))
  if (opened.scheme !== scheme)
    throw new CorruptRecordError(`a ${scheme} head names a ${opened.scheme} segment`)
  const records = decodeSegment(opened.payload, keys.id, ref.name)
  if (records.length !== ref.count) throw new CorruptRecordError('a segment does not hold what its head says')
  return records
}

/** A state whose every record lies in its tail, so that all of it is written anew. */
export function withoutSegments(state: ConversationState): ConversationState {
  const head = { ...state.head, tail: [...state.records.values()], segments: [] }
  return assembleState(head, new Map())
}

async function sealSegment(
  segment: NewSegment,
  scheme: Scheme,
  keys: ConversationKeys,
  network: Network,
): Promise<{ ref: SegmentRef; blob: Uint8Array }> {
  const { name, tier, records } = segment
  const payload = encodeSegment({ id: keys.id, epoch: keys.epoch, name }, records, randomBytes(16))
  const blob = await writeRecord('segment', payload, scheme, keys.recordKey('segment', name))
  const hash = await network.hash(blob)
  const ref = { name, hash, size: blob.length, count: records.length, tier, ...versionRange(records) }
  return { ref, blob }
}

function sealedAfter(
  state: ConversationState,
  segments: readonly SegmentRef[],
  added: readonly NewSegment[],
): ConversationState['sealed'] {
  const fresh = new Map(added.map(({ name, records }) => [name, records]))
  return new Map(segments.map(({ name }) => [name, fresh.get(name) ?? state.sealed.get(name) ?? []]))
}
