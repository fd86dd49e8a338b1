import { bytesToHex } from '@noble/hashes/utils.js'
import type { Head, SegmentRef } from '../../conversation/head'
import { type StoredRecord, uniteRecords } from '../../conversation/record'
import { countLive } from '../../conversation/state'
import { CATALOG_ID } from '../../conversation/summary'
import { describeRecords } from '../segments'

/** What a segment's reference says that its records do not bear out. */
export function segmentFaults(ref: SegmentRef, records: readonly StoredRecord[]): string[] {
  const { count, first, last, lastOrder } = describeRecords(records)
  const isTrue =
    count === ref.count && first === ref.first && last === ref.last && lastOrder === ref.lastOrder
  return isTrue ? [] : ['count, versions or order of its records are not what the head says']
}

/** What a head says that does not go together, given all its records. */
export function headFaults(head: Head, segments: readonly Iterable<StoredRecord>[]): string[] {
  const newest = [...uniteRecords(...segments, head.tail).values()]
  const isCatalog = head.id === CATALOG_ID
  const live = countLive(newest)
  return [
    ...fault(!isCatalog && live !== head.messageCount, `it counts ${head.messageCount} messages of ${live}`),
    ...fault(
      newest.some(({ version }) => version > head.version),
      'a record is of a later version',
    ),
    ...fault(
      newest.some(({ order }) => order > head.lastOrder),
      'a record has a later place',
    ),
    ...fault(new Set(head.tail.map(({ id }) => id)).size < head.tail.length, 'an id is twice in the tail'),
    ...fault(!Object.values(head.clock).includes(head.version), 'nobody made this version'),
    ...fault(head.deleted === true && newest.length > 0, 'it is deleted and has records'),
    ...receiptFaults(head),
    ...fault(
      head.checkpoints.some(([version]) => version > head.version),
      'it keeps a later version',
    ),
  ]
}

function receiptFaults({ receipts: { from, entries }, version }: Head): string[] {
  const keys = new Set(entries.map(([key]) => bytesToHex(key)))
  return [
    ...fault(keys.size < entries.length, 'two receipts have the same key'),
    ...fault(from > version + 1, 'its receipts begin later than it'),
    ...fault(
      entries.some((receipt) => receipt[2] < 1 || receipt[2] > version),
      'a receipt is of a version that is not there',
    ),
  ]
}

function fault(isFaulty: boolean, message: string): string[] {
  return isFaulty ? [message] : []
}
