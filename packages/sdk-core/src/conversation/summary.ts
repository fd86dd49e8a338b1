import * as z from 'zod/mini'
import { CorruptRecordError } from '../errors/storage-errors'
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

/** Lies outside the space of user ids, which hold no control characters. */
export const CATALOG_ID = '\u0000catalog'

/** One conversation in the catalog. A `pending` one is about to be created, and may turn out absent. */
export interface CatalogEntry extends Omit<ConversationSummary, 'encrypted'> {
  scheme: Scheme
  pending?: true
}

/** A conversation that is gone for good. */
export interface DeletedEntry {
  id: string
  version: number
  updatedAt: number
  deleted: true
}

/** What the catalog is told. */
export type CatalogNews = CatalogEntry | DeletedEntry

const body = z.strictObject({
  createdAt: z.number(),
  count: z.number(),
  title: z.exactOptional(z.string()),
  plain: z.exactOptional(z.literal(true)),
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

/** What callers see of an entry. */
export function toSummary({ scheme, pending: _, ...summary }: CatalogEntry): ConversationSummary {
  return { ...summary, encrypted: scheme !== 'plain' }
}

/** What a version says to the catalog. */
export function newsOf(head: Head, scheme: Scheme): CatalogNews {
  if (head.deleted !== true) return summarise(head, scheme)
  return { id: head.id, version: head.version, updatedAt: head.updatedAt, deleted: true }
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

/** Deletion beats all; otherwise the later version. */
export function newerNews<N extends CatalogNews>(known: N | undefined, news: N): N {
  if (known === undefined || 'deleted' in news) return news
  return 'deleted' in known || stampOf(news) < stampOf(known) ? known : news
}

/** @throws CorruptRecordError */
export function parseEntry({ id, order, stamp, ...record }: StoredRecord): CatalogEntry {
  const result = body.safeParse(record.body)
  if (!result.success) throw new CorruptRecordError('a catalog entry is malformed')
  const { createdAt, count, title, plain, pending } = result.data
  return {
    id,
    createdAt,
    updatedAt: order,
    version: pending === true ? stamp + 1 : stamp,
    messageCount: count,
    scheme: plain === true ? 'plain' : 'xsalsa20-poly1305',
    ...(title === undefined ? {} : { title }),
    ...(pending === undefined ? {} : { pending }),
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
  const { createdAt, messageCount, title, scheme, pending } = news
  const said = {
    createdAt,
    count: messageCount,
    ...(title === undefined ? {} : { title }),
    ...(scheme === 'plain' ? { plain: true } : {}),
    ...(pending === undefined ? {} : { pending }),
  }
  return { ...place, body: said }
}

/** A pending entry says less than an entry of the version that it announces. */
function stampOf(news: CatalogNews): number {
  return 'pending' in news ? news.version - 1 : news.version
}
