import * as z from 'zod/mini'
import { CorruptRecordError } from '../errors/storage-errors'
import type { DagValue } from './codec'
import { type Share, shareSchema } from './grant'
import type { Head } from './head'
import type { StoredRecord } from './record'
import {
  type CommitContext,
  type ConversationState,
  findRecord,
  registerValue,
  type StateDelta,
} from './state'
import type { ConversationSummary, Scheme, SharedBy } from './types'

/** Lies outside the space of user ids, which hold no control characters. */
export const CATALOG_ID = '\u0000catalog'

/** Makes one number of epoch and version, of which a later epoch is greater whatever the version. */
const EPOCH_STEP = 2 ** 36

/** One conversation in the catalog. A `pending` one is about to be created, and may turn out absent. */
export interface CatalogEntry extends Omit<ConversationSummary, 'encrypted' | 'shared'> {
  scheme: Scheme
  pending?: true
  /** Of its keys; absent for 0. */
  epoch?: number
  /** Where it belongs to somebody else: what lets this identity in. */
  share?: Share
}

/** A conversation that is gone for good. */
export interface DeletedEntry {
  id: string
  version: number
  updatedAt: number
  deleted: true
  epoch?: number
}

/** What the catalog is told. */
export type CatalogNews = CatalogEntry | DeletedEntry

const body = z.strictObject({
  createdAt: z.number(),
  count: z.number(),
  title: z.exactOptional(z.string()),
  plain: z.exactOptional(z.literal(true)),
  pending: z.exactOptional(z.literal(true)),
  share: z.exactOptional(shareSchema),
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
    ...(head.epoch === 0 ? {} : { epoch: head.epoch }),
    ...(title === undefined ? {} : { title: title as string }),
  }
}

/** What callers see of an entry. */
export function toSummary({ scheme, share, ...entry }: CatalogEntry): ConversationSummary {
  const { pending: _, epoch: __, ...summary } = entry
  return {
    ...summary,
    encrypted: scheme !== 'plain',
    ...(share === undefined ? {} : { shared: sharedBy(share) }),
  }
}

export function sharedBy({ from, grant }: Share): SharedBy {
  return { write: grant.seed !== undefined, from }
}

/** What a version says to the catalog. */
export function newsOf(head: Head, scheme: Scheme): CatalogNews {
  if (head.deleted !== true) return summarise(head, scheme)
  const { id, epoch, version, updatedAt } = head
  return { id, version, updatedAt, deleted: true, ...(epoch === 0 ? {} : { epoch }) }
}

/**
 * What `news` change in the catalog; what is not newer than the stored record changes nothing. Records that
 * were not read need not be: whichever is newer shadows the other.
 */
export function applyNews(
  catalog: ConversationState,
  news: readonly CatalogNews[],
  context: CommitContext,
): StateDelta {
  const newest = new Map<string, CatalogNews>()
  for (const each of news) newest.set(each.id, newerNews(newest.get(each.id), each))
  const records = [...newest.values()]
    .map((each) => toRecord(each, catalog.head.version + 1, context.device))
    .filter((record) => {
      const stored = findRecord(catalog, record.id)
      if (stored === undefined) return true
      return stored.deleted !== true && (record.deleted === true || record.stamp > stored.stamp)
    })
  return { records, added: 0 }
}

/** Deletion beats all; then the later epoch, then the later version. */
export function newerNews<N extends CatalogNews>(known: N | undefined, news: N): N {
  if (known === undefined || 'deleted' in news) return news
  return 'deleted' in known || stampOf(news) < stampOf(known) ? known : news
}

/** @throws CorruptRecordError */
export function parseEntry({ id, order, stamp, ...record }: StoredRecord): CatalogEntry {
  const result = body.safeParse(record.body)
  if (!result.success) throw new CorruptRecordError('a catalog entry is malformed')
  const { createdAt, count, title, plain, pending, share } = result.data
  const epoch = Math.floor(stamp / EPOCH_STEP)
  const version = stamp % EPOCH_STEP
  return {
    id,
    createdAt,
    updatedAt: order,
    version: pending === true ? version + 1 : version,
    messageCount: count,
    scheme: plain === true ? 'plain' : 'xsalsa20-poly1305',
    ...(title === undefined ? {} : { title }),
    ...(pending === undefined ? {} : { pending }),
    ...(epoch === 0 ? {} : { epoch }),
    ...(share === undefined ? {} : { share }),
  }
}

/** Whether a record of the catalog announces a conversation that is about to be created. */
export function isPendingEntry({ body }: StoredRecord): boolean {
  return typeof body === 'object' && body !== null && 'pending' in body
}

/** The order is the time of the last change, so that the newest segments hold what is listed first. */
function toRecord(news: CatalogNews, version: number, device: string): StoredRecord {
  const place = { id: news.id, order: news.updatedAt, stamp: stampOf(news), device, version }
  if ('deleted' in news) return { ...place, deleted: true }
  const { createdAt, messageCount, title, scheme, pending, share } = news
  const said = {
    createdAt,
    count: messageCount,
    ...(title === undefined ? {} : { title }),
    ...(scheme === 'plain' ? { plain: true } : {}),
    ...(pending === undefined ? {} : { pending }),
    ...(share === undefined ? {} : { share: share as unknown as DagValue }),
  }
  return { ...place, body: said }
}

/** A pending entry says less than an entry of the version that it announces. */
function stampOf({ epoch = 0, version, ...news }: CatalogNews): number {
  return epoch * EPOCH_STEP + ('pending' in news ? version - 1 : Math.min(version, EPOCH_STEP - 1))
}
