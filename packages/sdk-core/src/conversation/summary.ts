import * as z from 'zod/mini'
import { CorruptRecordError } from '../errors/storage-errors'
import type { DagValue } from './codec'
import type { Head } from './head'
import type { StoredRecord } from './record'
import {
  type CommitContext,
  type ConversationState,
  findRecord,
  registerValue,
  type StateDelta,
} from './state'
import type { ConversationSummary, Scheme } from './types'

/** One conversation in the catalog. A `pending` one is about to be created, and may turn out absent. */
export interface CatalogEntry extends Omit<ConversationSummary, 'encrypted'> {
  scheme: Scheme
  pending?: true
}

const body = z.strictObject({
  title: z.exactOptional(z.string()),
  createdAt: z.number(),
  updatedAt: z.number(),
  version: z.number(),
  messageCount: z.number(),
  scheme: z.enum(['xsalsa20-poly1305', 'plain']),
  pending: z.exactOptional(z.literal(true)),
})

/** The summary of a version, as the catalog keeps it. */
export function summarise(head: Head, scheme: Scheme): CatalogEntry {
  const { id, createdAt, updatedAt, version, messageCount } = head
  const title = registerValue(head.title ?? undefined)
  return {
    id,
    createdAt,
    updatedAt,
    version,
    messageCount,
    scheme,
    ...(title === undefined ? {} : { title: title as string }),
  }
}

/** What `entries` change in the catalog; an entry that is not newer than the stored one changes nothing. */
export function applyEntries(
  catalog: ConversationState,
  entries: readonly CatalogEntry[],
  context: CommitContext,
): StateDelta {
  const newest = new Map<string, CatalogEntry>()
  for (const entry of entries) newest.set(entry.id, newerEntry(newest.get(entry.id), entry))
  let order = catalog.head.lastOrder
  const records = [...newest.values()].flatMap((entry) => {
    const stored = findRecord(catalog, entry.id)
    if (stored !== undefined && (stored.deleted === true || stampOf(entry) <= stored.stamp)) return []
    if (stored === undefined) order += 1
    return [toRecord(entry, stored?.order ?? order, catalog.head.version + 1, context.device)]
  })
  const added = records.filter(({ id }) => findRecord(catalog, id) === undefined).length
  return { records, added }
}

export function newerEntry(known: CatalogEntry | undefined, entry: CatalogEntry): CatalogEntry {
  return known === undefined || stampOf(entry) >= stampOf(known) ? entry : known
}

/** @throws CorruptRecordError */
export function parseEntry(record: StoredRecord): CatalogEntry {
  const result = body.safeParse(record.body)
  if (!result.success) throw new CorruptRecordError('a catalog entry is malformed')
  return { ...result.data, id: record.id }
}

function toRecord(entry: CatalogEntry, order: number, version: number, device: string): StoredRecord {
  const { id, ...body } = entry
  return { id, order, stamp: stampOf(entry), device, version, body: body as DagValue }
}

/** A pending entry says less than an entry of the version that it announces. */
function stampOf(entry: CatalogEntry): number {
  return entry.pending === true ? entry.version - 1 : entry.version
}
