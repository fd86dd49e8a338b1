import { compareListPlaces, type ListPlace } from '../conversation/listing'
import { type ConversationState, knownRecords } from '../conversation/state'
import { type CatalogEntry, parseEntry } from '../conversation/summary'
import { nextSegments } from './conversation-reader'
import type { HeadStore } from './head-store'
import type { Place } from './place'

/** The newest `limit` entries, or those behind `after`. */
export interface EntryPage {
  /** @default all of them */
  limit?: number
  after?: ListPlace
}

/** The entries of a page of the catalog, the newest first: reads only segments that can hold them. */
export async function readEntries(
  heads: HeadStore,
  place: Place,
  page: EntryPage,
  signal: AbortSignal,
): Promise<CatalogEntry[]> {
  const base = await heads.read(place, signal)
  if (base === undefined) return []
  for (let state = base; ; ) {
    const entries = entriesOf(state, page)
    if (entries !== undefined) return entries
    state = await heads.withSegments(place, state, nextSegments(state, page.limit), signal)
  }
}

/** `undefined` where a segment that was not read can hold an entry that belongs on the page. */
function entriesOf(state: ConversationState, { limit, after }: EntryPage): CatalogEntry[] | undefined {
  const unread = state.head.segments.filter(({ name }) => !state.sealed.has(name))
  const horizon = unread.reduce((greatest, { lastOrder }) => Math.max(greatest, lastOrder), -1)
  const entries = [...knownRecords(state).values()]
    .filter((record) => record.deleted !== true)
    .map(parseEntry)
    .sort(compareListPlaces)
    .filter((entry) => after === undefined || compareListPlaces(entry, after) > 0)
    .slice(0, limit)
  const oldest = entries.length === limit ? (entries.at(-1)?.updatedAt ?? 0) : 0
  return unread.length === 0 || oldest > horizon ? entries : undefined
}
