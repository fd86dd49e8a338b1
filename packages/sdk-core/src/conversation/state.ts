import { nextCheckpoints } from './checkpoints'
import { compareText, type DagValue } from './codec'
import type { Head, Receipt, Register, SegmentRef } from './head'
import { compareRecords, isNewer, type StoredRecord, uniteRecords } from './record'

/** Most instances a head remembers; the one that made the head is always among them. */
const MAX_CLOCK_ENTRIES = 64
/** Most receipts a head keeps, but for those of its own commit. */
const MAX_RECEIPTS = 32

/** What segments hold: by segment name, records by id. */
export type SegmentContents = ReadonlyMap<string, ReadonlyMap<string, StoredRecord>>

/** One version of a conversation, as far as it was read. */
export interface ConversationState {
  readonly head: Head
  /** The segments that were read. */
  readonly sealed: SegmentContents
}

/** What a change does to a state. */
export interface StateDelta {
  /** Records that are new, or newer than what is stored. */
  records: readonly StoredRecord[]
  /** By how many the messages become more. */
  added: number
  title?: Register
  fields?: { readonly [name: string]: Register }
  createdAt?: number
  receipt?: Receipt
  /** Of the session that asked. */
  sessionEpoch?: number
  /** The version before is kept. */
  keepsPrevious?: boolean
  /** Nothing is left but that it was there. */
  deletesAll?: true
}

export interface CommitContext {
  /** ms since 1970, by this device's clock. */
  now: number
  device: string
}

export function emptyHead(id: string): Head {
  return {
    id,
    epoch: 0,
    version: 0,
    createdAt: 0,
    updatedAt: 0,
    title: null,
    fields: {},
    messageCount: 0,
    lastOrder: 0,
    tail: [],
    segments: [],
    receipts: { from: 1, entries: [] },
    clock: {},
    parents: [],
    checkpoints: [],
    sessionEpoch: 0,
  }
}

/** The state with a delta worked in, still as the same version. */
export function fold(state: ConversationState, delta: StateDelta): ConversationState {
  const { head, sealed } = state
  if (delta.deletesAll === true) return { head: withoutContent(head), sealed: new Map() }
  return {
    sealed,
    head: {
      ...head,
      createdAt: head.version === 0 ? (delta.createdAt ?? head.createdAt) : head.createdAt,
      title: delta.title ?? head.title,
      fields: delta.fields === undefined ? head.fields : { ...head.fields, ...delta.fields },
      messageCount: head.messageCount + delta.added,
      lastOrder: maxOrder(delta.records, head.lastOrder),
      tail: delta.records.length === 0 ? head.tail : joinTail(head.tail, delta.records),
      receipts: delta.receipt === undefined ? head.receipts : addReceipt(head, delta.receipt),
      sessionEpoch: Math.max(head.sessionEpoch, delta.sessionEpoch ?? 0),
    },
  }
}

/** `state` as the next version of `base`, which lies in the head blobs with the hashes `parents`. */
export function advance(
  base: Head,
  state: ConversationState,
  parents: readonly Uint8Array[],
  context: CommitContext,
  keepsPrevious: boolean,
): ConversationState {
  const version = base.version + 1
  return {
    sealed: state.sealed,
    head: {
      ...state.head,
      version,
      createdAt: state.head.createdAt || context.now,
      updatedAt: Math.max(context.now, base.updatedAt),
      clock: pruneClock({ ...base.clock, [context.device]: version }),
      parents,
      checkpoints: nextCheckpoints(base, state.head, parents, context.now, keepsPrevious),
    },
  }
}

/** What is left of a deleted conversation: its versions go on, so that no late write raises it. */
export function withoutContent(head: Head): Head {
  const { title, fields, messageCount, tail, segments, checkpoints } = emptyHead(head.id)
  return { ...head, title, fields, messageCount, tail, segments, checkpoints, deleted: true }
}

/** The newest record of an id, in the tail and in the segments that were read. */
export function findRecord(state: ConversationState, id: string): StoredRecord | undefined {
  let newest = tailById(state.head.tail).get(id)
  for (const records of state.sealed.values()) {
    const record = records.get(id)
    if (record !== undefined && (newest === undefined || isNewer(record, newest))) newest = record
  }
  return newest
}

/** The newest record of each id, in the tail and in the segments that were read. */
export function knownRecords({ head, sealed }: ConversationState): Map<string, StoredRecord> {
  return uniteRecords(...[...sealed.values()].map((records) => records.values()), head.tail)
}

export function byId(records: Iterable<StoredRecord>): ReadonlyMap<string, StoredRecord> {
  return uniteRecords(records)
}

/** What tells which of two versions went into the other. */
export type Lineage = Pick<Head, 'version' | 'clock'>

/**
 * Whether everything in `a` went into `b`. The instance that made `a` is always in `a`'s clock with the
 * version it made, so looking at that one entry is enough, and forgetting old entries is safe:
 * at worst an ancestor is merged once more, which changes nothing.
 */
export function isAncestor(a: Lineage, b: Lineage): boolean {
  return Object.entries(a.clock).some(
    ([device, version]) => version === a.version && (b.clock[device] ?? 0) >= version,
  )
}

export function pruneClock(clock: Head['clock']): Head['clock'] {
  const entries = Object.entries(clock)
  if (entries.length <= MAX_CLOCK_ENTRIES) return clock
  const newestFirst = entries.sort((a, b) => b[1] - a[1] || compareText(a[0], b[0]))
  return Object.fromEntries(newestFirst.slice(0, MAX_CLOCK_ENTRIES))
}

export function countLive(records: Iterable<StoredRecord>): number {
  let count = 0
  for (const record of records) if (record.deleted !== true) count += 1
  return count
}

/** The records that no segment of `sealed` holds in their newest form: what the tail must hold. */
export function recordsOutside(records: Iterable<StoredRecord>, sealed: SegmentContents): StoredRecord[] {
  const inSegments = uniteRecords(...[...sealed.values()].map((contents) => contents.values()))
  return [...records]
    .filter((record) => {
      const known = inSegments.get(record.id)
      return known === undefined || isNewer(record, known)
    })
    .sort(compareRecords)
}

/** A state whose every record lies in its tail, so that all of it is written anew. */
export function withoutSegments(state: ConversationState): ConversationState {
  const tail = [...knownRecords(state).values()].sort(compareRecords)
  return { head: { ...state.head, tail, segments: [] }, sealed: new Map() }
}

/** The segments of `head` with records of commits later than `version`. */
export function segmentsSince(head: Head, version: number): SegmentRef[] {
  return head.segments.filter(({ last }) => last > version)
}

/** The value of a register; `undefined` where the last writer removed it. */
export function registerValue(register: Register | undefined): DagValue | undefined {
  return register?.length === 3 ? register[0] : undefined
}

const indexes = new WeakMap<readonly StoredRecord[], ReadonlyMap<string, StoredRecord>>()

function tailById(tail: readonly StoredRecord[]): ReadonlyMap<string, StoredRecord> {
  const known = indexes.get(tail)
  if (known !== undefined) return known
  const index = byId(tail)
  indexes.set(tail, index)
  return index
}

function joinTail(tail: readonly StoredRecord[], added: readonly StoredRecord[]): StoredRecord[] {
  return [...uniteRecords(tail, added).values()].sort(compareRecords)
}

function maxOrder(records: Iterable<StoredRecord>, floor: number): number {
  let greatest = floor
  for (const record of records) greatest = Math.max(greatest, record.order)
  return greatest
}

/** Complete from `from` on: only receipts of earlier commits are ever dropped. */
function addReceipt(head: Head, receipt: Receipt): Head['receipts'] {
  const entries = [...head.receipts.entries, receipt]
  const excess = entries.length - MAX_RECEIPTS
  if (excess <= 0) return { from: head.receipts.from, entries }
  const dropped = entries.slice(0, excess).filter(([, , version]) => version <= head.version)
  const kept = entries.filter((entry) => !dropped.includes(entry))
  const from = Math.max(head.receipts.from, ...dropped.map(([, , version]) => version + 1))
  return { from, entries: kept }
}
