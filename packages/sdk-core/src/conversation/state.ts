import { compareText } from './codec'
import type { Head, Register } from './head'
import { compareRecords, isNewer, type StoredRecord, uniteRecords } from './record'

/** Most instances a head remembers; the one that made the head is always among them. */
const MAX_CLOCK_ENTRIES = 64

/** One version of a conversation, read completely. */
export interface ConversationState {
  readonly head: Head
  /** The newest record of each id, from the tail and all segments. */
  readonly records: ReadonlyMap<string, StoredRecord>
  /** What each segment holds, by its name. */
  readonly sealed: ReadonlyMap<string, readonly StoredRecord[]>
}

/** What a change does to a state. */
export interface StateDelta {
  /** Records that are new or newer than what is stored. */
  records: readonly StoredRecord[]
  title?: Register
  fields?: { readonly [name: string]: Register }
  createdAt?: number
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

/** The state after one commit on top of `state`, which lies in the head blobs with the hashes `parents`. */
export function advance(
  state: ConversationState,
  delta: StateDelta,
  parents: readonly Uint8Array[],
  context: CommitContext,
): ConversationState {
  const { head } = state
  const version = head.version + 1
  const records = uniteRecords(state.records.values(), delta.records)
  return {
    records,
    sealed: state.sealed,
    head: {
      ...head,
      version,
      createdAt: head.version === 0 ? (delta.createdAt ?? context.now) : head.createdAt,
      updatedAt: Math.max(context.now, head.updatedAt),
      title: delta.title ?? head.title,
      fields: { ...head.fields, ...delta.fields },
      messageCount: countMessages(records),
      lastOrder: maxOrder(delta.records, head.lastOrder),
      tail: [...uniteRecords(head.tail, delta.records).values()].sort(compareRecords),
      clock: pruneClock({ ...head.clock, [context.device]: version }),
      parents,
    },
  }
}

export function assembleState(head: Head, sealed: ConversationState['sealed']): ConversationState {
  return { head, sealed, records: uniteRecords(...sealed.values(), head.tail) }
}

/**
 * Whether everything in `a` went into `b`. The instance that made `a` is always in `a`'s clock with the
 * version it made, so looking at that one entry is enough, and forgetting old entries is safe:
 * at worst an ancestor is merged once more, which changes nothing.
 */
export function isAncestor(a: Head, b: Head): boolean {
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

export function countMessages(records: ReadonlyMap<string, StoredRecord>): number {
  let count = 0
  for (const record of records.values()) if (record.deleted !== true) count += 1
  return count
}

export function maxOrder(records: Iterable<StoredRecord>, floor: number): number {
  let greatest = floor
  for (const record of records) greatest = Math.max(greatest, record.order)
  return greatest
}

/** The records that no segment of `sealed` holds in their newest form: what the tail must hold. */
export function recordsOutside(
  records: ReadonlyMap<string, StoredRecord>,
  sealed: ConversationState['sealed'],
): StoredRecord[] {
  const inSegments = uniteRecords(...sealed.values())
  return [...records.values()]
    .filter((record) => {
      const known = inSegments.get(record.id)
      return known === undefined || isNewer(record, known)
    })
    .sort(compareRecords)
}
