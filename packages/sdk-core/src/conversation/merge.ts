import { compareText, type DagValue, digestOf } from './codec'
import { type Checkpoint, type Head, type Moved, newerRegister } from './head'
import { uniteRecords } from './record'
import {
  type ConversationState,
  countLive,
  emptyHead,
  knownRecords,
  pruneClock,
  recordsOutside,
  withoutContent,
} from './state'

/** A state, completely read, and the hash of its head blob. */
export interface HashedState extends ConversationState {
  readonly hash: Uint8Array
}

/**
 * One state out of two that went apart: union of records by `(id, newest)`, the winning register of each
 * field, deletion wins. Commutes, is idempotent, and loses no record. Segments that only one side has are
 * brought back into the tail. The commit that publishes the result gives it a version above both.
 */
export function mergeStates(a: HashedState, b: HashedState): ConversationState {
  const head = mergeHeads(a.head, b.head)
  const parents = unite([a.hash], [b.hash])
  if (head.deleted === true)
    return { head: { ...withoutContent({ ...emptyHead(head.id), ...head }), parents }, sealed: new Map() }
  const records = uniteRecords(knownRecords(a).values(), knownRecords(b).values())
  const sealed = new Map([...a.sealed].filter(([name]) => b.sealed.has(name)))
  return {
    sealed,
    head: {
      ...head,
      messageCount: countLive(records.values()),
      segments: a.head.segments.filter(({ name }) => sealed.has(name)),
      tail: recordsOutside(records.values(), sealed),
      parents,
      checkpoints: unite(head.checkpoints, [checkpointOf(a), checkpointOf(b)]),
    },
  }
}

function checkpointOf({ head, hash }: HashedState): Checkpoint {
  return [head.version, hash, head.updatedAt]
}

function mergeHeads(a: Head, b: Head): Omit<Head, 'messageCount' | 'segments' | 'tail' | 'parents'> {
  return {
    id: a.id,
    epoch: Math.max(a.epoch, b.epoch),
    version: Math.max(a.version, b.version),
    createdAt: Math.min(a.createdAt, b.createdAt),
    updatedAt: Math.max(a.updatedAt, b.updatedAt),
    title: newerRegister(a.title, b.title),
    fields: mergeMaps(a.fields, b.fields, newerRegister),
    lastOrder: Math.max(a.lastOrder, b.lastOrder),
    receipts: {
      from: Math.max(a.receipts.from, b.receipts.from),
      entries: unite(a.receipts.entries, b.receipts.entries),
    },
    clock: pruneClock(mergeMaps(a.clock, b.clock, Math.max)),
    checkpoints: unite(a.checkpoints, b.checkpoints),
    sessionEpoch: Math.max(a.sessionEpoch, b.sessionEpoch),
    ...(a.deleted === true || b.deleted === true ? { deleted: true as const } : {}),
    ...laterMove(a.moved, b.moved),
  }
}

function laterMove(a: Moved | undefined, b: Moved | undefined): { moved?: Moved } {
  const [later] = [a, b]
    .filter((moved) => moved !== undefined)
    .sort((x, y) => y.epoch - x.epoch || Number(y.settled ?? false) - Number(x.settled ?? false))
  return later === undefined ? {} : { moved: later }
}

function mergeMaps<T>(
  a: { readonly [key: string]: T },
  b: { readonly [key: string]: T },
  choose: (x: T, y: T) => T,
): { [key: string]: T } {
  const merged = new Map(Object.entries(a))
  for (const [key, value] of Object.entries(b)) {
    const other = merged.get(key)
    merged.set(key, other === undefined ? value : choose(other, value))
  }
  return Object.fromEntries(merged)
}

/** Both lists as a set, in an order that does not depend on which came first. */
function unite<T extends DagValue>(a: readonly T[], b: readonly T[]): T[] {
  const byDigest = new Map([...a, ...b].map((item) => [digestOf(item), item]))
  return [...byDigest].sort(([x], [y]) => compareText(x, y)).map(([, item]) => item)
}
