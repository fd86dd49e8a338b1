import { bytesToHex } from '@noble/hashes/utils.js'
import { type DagValue, encodeDagCbor } from '../conversation/codec'
import type { Head, SegmentRef } from '../conversation/head'
import { compareRecords, type StoredRecord, uniteRecords } from '../conversation/record'
import type { ConversationState, SegmentContents } from '../conversation/state'
import { CATALOG_ID, isPendingEntry } from '../conversation/summary'
import { randomBytes } from '../crypto/platform'

/** A tail larger than its budget, in bytes of DAG-CBOR, is sealed into a segment, but for the records that stay. */
const MESSAGE_TAIL = { budgetBytes: 3 * 1024, stays: (_: StoredRecord) => false }
/**
 * With its newest segment, the catalog's tail fills a page of a list. An entry that will be replaced within a
 * second stays, so that what it says of the time of its conversation does not lie in a segment for ever.
 */
const CATALOG_TAIL = { budgetBytes: 16 * 1024, stays: isPendingEntry }
/** A segment takes records until it has this many bytes. */
const SEGMENT_BYTES = 2 * 1024 * 1024
/** So many segments of one tier become one of the next, off the critical path. */
const TIER_WIDTH = 8
/** Segments of this tier are as large as segments get: to melt them would make them no fewer, for ever again. */
const LAST_TIER = 4
/** So many segments of one tier are not waited for any longer. */
const TIER_LIMIT = 16

/** A segment that is still to be written. */
export interface NewSegment {
  name: string
  tier: number
  records: readonly StoredRecord[]
}

/** Where the records of the next version go: what stays in the tail, which segments stay, which are new. */
export interface SegmentPlan {
  tail: readonly StoredRecord[]
  kept: readonly SegmentRef[]
  added: readonly NewSegment[]
}

/** Keeps the head small: seals a tail over its budget, and melts a tier over its limit if it was read. */
export function planSegments(state: ConversationState): SegmentPlan {
  const { head, sealed } = state
  const overfull = fullTier(head, TIER_LIMIT).filter(({ name }) => sealed.has(name))
  const kept = head.segments.filter((segment) => !overfull.includes(segment))
  const melted = overfull.length === 0 ? [] : meltSegments(overfull, sealed)
  const { budgetBytes, stays } = head.id === CATALOG_ID ? CATALOG_TAIL : MESSAGE_TAIL
  if (sizeOfAll(head.tail) <= budgetBytes) return { tail: head.tail, kept, added: melted }
  const leaving = head.tail.filter((record) => !stays(record))
  const tier = tierOf(sizeOfAll(leaving), budgetBytes)
  return { tail: head.tail.filter(stays), kept, added: [...melted, ...cutSegments(leaving, tier)] }
}

/** The segments that a commit has to melt, and so to read first. */
export function segmentsOverLimit(head: Head): readonly SegmentRef[] {
  return fullTier(head, TIER_LIMIT)
}

/** The segments that should become one of the next tier; none if no tier is full. */
export function segmentsToCompact(head: Head): readonly SegmentRef[] {
  return fullTier(head, TIER_WIDTH)
}

/** One segment of the next tier (or a few, if they are large) out of `refs`, without what they shadow. */
export function meltSegments(refs: readonly SegmentRef[], sealed: SegmentContents): NewSegment[] {
  const newest = uniteRecords(...refs.map(({ name }) => sealed.get(name)?.values() ?? []))
  const tier = 1 + refs.reduce((highest, ref) => Math.max(highest, ref.tier), 0)
  return cutSegments([...newest.values()], tier)
}

/** What a segment's reference says of its records. */
export function describeRecords(
  records: readonly StoredRecord[],
): Pick<SegmentRef, 'count' | 'first' | 'last' | 'lastOrder'> {
  const versions = records.map((record) => record.version)
  return {
    count: records.length,
    first: versions.reduce((a, b) => Math.min(a, b), Number.MAX_SAFE_INTEGER),
    last: versions.reduce((a, b) => Math.max(a, b), 0),
    lastOrder: records.reduce((greatest, { order }) => Math.max(greatest, order), 0),
  }
}

/** All segments of the lowest tier that has `width` of them, below the last. */
function fullTier({ segments }: Head, width: number): SegmentRef[] {
  const tiers = Array.from({ length: LAST_TIER }, (_, tier) => segments.filter((ref) => ref.tier === tier))
  return tiers.find((members) => members.length >= width) ?? []
}

/** Where that much would lie had it come little by little: what was added at once is melted no more often. */
function tierOf(bytes: number, budgetBytes: number): number {
  return Math.max(0, Math.floor(Math.log(bytes / budgetBytes) / Math.log(TIER_WIDTH)))
}

function cutSegments(records: readonly StoredRecord[], tier: number): NewSegment[] {
  const groups: StoredRecord[][] = []
  let room = 0
  for (const record of [...records].sort(compareRecords)) {
    const size = sizeOf(record)
    const current = groups.at(-1)
    if (current === undefined || size > room) {
      groups.push([record])
      room = SEGMENT_BYTES - size
    } else {
      current.push(record)
      room -= size
    }
  }
  return groups.map((group) => ({ name: bytesToHex(randomBytes(8)), tier, records: group }))
}

function sizeOfAll(records: readonly StoredRecord[]): number {
  return records.reduce((bytes, record) => bytes + sizeOf(record), 0)
}

const sizes = new WeakMap<StoredRecord, number>()

function sizeOf(record: StoredRecord): number {
  const known = sizes.get(record)
  if (known !== undefined) return known
  const size = encodeDagCbor({ ...record } as DagValue).length
  sizes.set(record, size)
  return size
}
