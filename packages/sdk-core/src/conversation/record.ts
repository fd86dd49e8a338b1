import { compareText, type DagValue, digestOf } from './codec'
import { contentOf } from './message'
import type { Message } from './types'

/**
 * One entry of a conversation or of the catalog: a message, its newest edit, or the stub of a deleted one.
 * The newest record of an id shadows the older ones.
 */
export interface StoredRecord {
  id: string
  /** Place in the conversation; given at commit, the same on every device. */
  order: number
  /** The higher stamp is newer. Messages: ms of the last change. Summaries: the version they describe. */
  stamp: number
  /** Which instance wrote it; decides between equal stamps. */
  device: string
  /** The version of the head that brought it. */
  version: number
  deleted?: true
  /** Absent in a stub. */
  body?: DagValue
}

/** Whether `a` shadows `b`, its record of the same id. A total order: every device decides alike. */
export function isNewer(a: StoredRecord, b: StoredRecord): boolean {
  if (a === b) return false
  if (a.deleted !== b.deleted) return a.deleted === true
  if (a.stamp !== b.stamp) return a.stamp > b.stamp
  const byDevice = compareText(a.device, b.device)
  if (byDevice !== 0) return byDevice > 0
  return compareText(digestOf({ ...a }), digestOf({ ...b })) > 0
}

/** The order in which everyone sorts records: by `order`, then by id. */
export function compareRecords(a: StoredRecord, b: StoredRecord): number {
  return a.order - b.order || compareText(a.id, b.id)
}

/** The newest record of each id, by id. */
export function uniteRecords(...groups: Iterable<StoredRecord>[]): Map<string, StoredRecord> {
  const newest = new Map<string, StoredRecord>()
  for (const record of groups.flatMap((group) => [...group])) {
    const known = newest.get(record.id)
    if (known === undefined || isNewer(record, known)) newest.set(record.id, record)
  }
  return newest
}

/** The message a record holds; `undefined` for a stub. */
export function messageOf(record: StoredRecord): Message | undefined {
  if (record.deleted === true) return undefined
  return { ...(record.body as unknown as Omit<Message, 'id'>), id: record.id }
}

export function messageBody(message: Message): DagValue {
  return {
    ...(contentOf(message) as { [key: string]: DagValue }),
    createdAt: message.createdAt,
    ...(message.editedAt === undefined ? {} : { editedAt: message.editedAt }),
  }
}
