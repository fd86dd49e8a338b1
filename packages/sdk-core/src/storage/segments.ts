import { bytesToHex } from '@noble/hashes/utils.js'
import { type DagValue, encodeDagCbor } from '../conversation/codec'
import type { SegmentRef } from '../conversation/head'
import { compareRecords, isNewer, type StoredRecord } from '../conversation/record'
import type { ConversationState } from '../conversation/state'
import { randomBytes } from '../crypto/platform'

/** A tail larger than this, in bytes of DAG-CBOR, is sealed into a segment. */
export const TAIL_BUDGET_BYTES = 16 * 1024
/** A segment takes records until it has this many bytes. */
const SEGMENT_BYTES = 2 * 1024 * 1024
/** So many segments of one tier become one of the next. */
const TIER_WIDTH = 8

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

/** Keeps the head small: seals a tail over its budget, and melts eight segments of a tier into one. */
export function planSegments(state: ConversationState): SegmentPlan {
  const { tail, segments } = state.head
  const sizes = tail.map(sizeOf)
  if (sum(sizes) <= TAIL_BUDGET_BYTES) return { tail, kept: segments, added: [] }
  const plan = { tail: [], kept: segments, added: cutSegments(tail, 0) }
  return meltTiers(plan, state)
}

/** The versions of the oldest and of the newest commit among `records`. */
export function versionRange(records: readonly StoredRecord[]): Pick<SegmentRef, 'first' | 'last'> {
  const versions = records.map((record) => record.version)
  return {
    first: versions.reduce((a, b) => Math.min(a, b), Number.MAX_SAFE_INTEGER),
    last: versions.reduce((a, b) => Math.max(a, b), 0),
  }
}

function meltTiers(plan: SegmentPlan, state: ConversationState): SegmentPlan {
  let { kept, added } = plan
  for (let tier = 0; ; tier += 1) {
    const old = kept.filter((segment) => segment.tier === tier)
    const fresh = added.filter((segment) => segment.tier === tier)
    if (old.length + fresh.length < TIER_WIDTH) return { tail: plan.tail, kept, added }
    const records = [
      ...old.flatMap(({ name }) => state.sealed.get(name) ?? []),
      ...fresh.flatMap((s) => s.records),
    ]
    const newest = records.filter((record) => !isNewer(state.records.get(record.id) ?? record, record))
    kept = kept.filter((segment) => segment.tier !== tier)
    added = [...added.filter((segment) => segment.tier !== tier), ...cutSegments(newest, tier + 1)]
  }
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

function sizeOf(record: StoredRecord): number {
  return encodeDagCbor({ ...record } as DagValue).length
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0)
}
