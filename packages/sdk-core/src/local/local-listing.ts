import {
  compareListPlaces,
  cursorAt,
  type ListPage,
  type ListPlace,
  parseCursor,
  takeListPage,
} from '../conversation/listing'
import { summarise, toSummary } from '../conversation/summary'
import type { ConversationSummary } from '../conversation/types'
import type { ConversationList } from '../storage/conversation-store'
import type { LocalStore } from './local-store'

/** What this device says of its conversations. */
export interface LocalSummaries {
  /** Those that exist. */
  present: ConversationSummary[]
  /** The versions on the network that went into them, by id. */
  synced: ReadonlyMap<string, number>
  /** Ids of which this device has something to send: what the network says of them is late. */
  unsent: ReadonlySet<string>
}

/** @param sending what was unsent when the network was asked: it may have been sent since */
export async function readSummaries(
  local: LocalStore,
  sending: ReadonlySet<string> = new Set(),
): Promise<LocalSummaries> {
  const heads = await local.heads()
  const present = heads
    .filter(({ head }) => head.deleted !== true)
    .map(({ head, row }) => toSummary(summarise(head, row.isPlain ? 'plain' : 'xsalsa20-poly1305')))
  const synced = new Map(heads.map(({ row }) => [row.id, row.synced]))
  return { present, synced, unsent: new Set([...sending, ...(await local.unsentIds())]) }
}

/** A page of this device alone. */
export function listLocally({ present }: LocalSummaries, page: ListPage): ConversationList {
  return takeListPage(present, page)
}

/** A page of the network's list, with what this device has still to send, and what that list does not say yet. */
export function overlay(
  { items, cursor }: ConversationList,
  { present, unsent, synced }: LocalSummaries,
  page: ListPage,
): ConversationList {
  const local = new Map(present.map((item) => [item.id, item]))
  const isLate = ({ id, version }: ConversationSummary) => (synced.get(id) ?? 0) > version
  const listed = items
    .filter(({ id }) => !unsent.has(id))
    .map((item) => (isLate(item) ? { ...item, ...local.get(item.id) } : item))
  const after = page.cursor === undefined ? undefined : parseCursor(page.cursor)
  const end = cursor === undefined ? undefined : parseCursor(cursor)
  const isOnPage = (item: ListPlace) =>
    (after === undefined || compareListPlaces(item, after) > 0) &&
    (end === undefined || compareListPlaces(item, end) <= 0)
  const own = present.filter((item) => unsent.has(item.id) && isOnPage(item))
  const all = [...listed, ...own].sort(compareListPlaces)
  const shown = all.slice(0, page.limit)
  const last = all.length > shown.length ? shown.at(-1) : undefined
  const next = last === undefined ? cursor : cursorAt(last)
  return { items: shown, ...(next === undefined ? {} : { cursor: next }) }
}
