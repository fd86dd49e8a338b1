import { cursorAt, type ListPage, type ListPlace, parseCursor } from '../conversation/listing'
import { CATALOG_ID, type CatalogEntry, type CatalogNews, newsOf, toSummary } from '../conversation/summary'
import type { ConversationSummary, Scheme } from '../conversation/types'
import { RollbackDetectedError } from '../errors/storage-errors'
import type { Logger } from '../observe/log'
import type { StorageCounters } from '../observe/stats'
import type { Base } from './base'
import type { Catalog } from './catalog'
import type { ConversationList } from './conversation-store'
import type { HeadStore } from './head-store'
import { mapInParallel } from './map-in-parallel'
import { ConversationMoved } from './place'

const READS_AT_ONCE = 16

export interface ListingOptions {
  catalog: Catalog
  heads: HeadStore
  counters: StorageCounters
  log: Logger
}

/** What the catalog and the conversations that it lists say about each other. */
export class Listing {
  readonly #options: ListingOptions

  constructor(options: ListingOptions) {
    this.#options = options
  }

  /** The conversations that exist; one that was only announced is looked up. */
  async list(
    { limit = Number.POSITIVE_INFINITY, cursor }: ListPage,
    signal: AbortSignal,
  ): Promise<ConversationList> {
    const items: ConversationSummary[] = []
    for (let after = cursor === undefined ? undefined : parseCursor(cursor); ; ) {
      const wanted = limit - items.length
      const found = await this.#entries(wanted + 1, after, signal)
      const entries = found.slice(0, wanted)
      const existing = await mapInParallel(entries, READS_AT_ONCE, (entry) =>
        entry.pending === true ? this.#confirm(entry, signal) : Promise.resolve(entry),
      )
      items.push(...existing.filter((entry) => entry !== undefined).map(toSummary))
      after = entries.at(-1)
      if (after === undefined || found.length <= wanted) return { items }
      if (items.length === limit) return { items, cursor: cursorAt(after) }
    }
  }

  /** Has the list mended by what is known to be current, and counts a conversation that is behind its entry. */
  compare(news: CatalogNews): void {
    const { catalog, counters, log } = this.#options
    if (!catalog.compare(news)) return
    counters.rollbacks += 1
    log.warn({ version: news.version }, 'The list knows a later version than the network')
  }

  /** What is listed was acknowledged, and cannot be absent. @throws RollbackDetectedError */
  async refuseLost(id: string, signal: AbortSignal): Promise<void> {
    const entry = await this.#options.catalog.find(id, signal)
    if (entry !== undefined && entry.pending !== true) throw new RollbackDetectedError(entry.version)
  }

  /** Whether the owner wanted this conversation readable by anyone. */
  async isPlain(id: string, signal: AbortSignal): Promise<boolean> {
    if (id === CATALOG_ID) return false
    return (await this.#options.catalog.find(id, signal))?.scheme === ('plain' satisfies Scheme)
  }

  #entries(limit: number, after: ListPlace | undefined, signal: AbortSignal): Promise<CatalogEntry[]> {
    return this.#options.catalog.entries(after === undefined ? { limit } : { limit, after }, signal)
  }

  /** The entry of a conversation that was about to be created, if it was. */
  async #confirm(entry: CatalogEntry, signal: AbortSignal): Promise<CatalogEntry | undefined> {
    const { heads, catalog } = this.#options
    const base = heads.latest(entry.id) ?? (await this.#read(entry.id, signal))
    if (base === 'moved') return entry
    if (base === undefined) return undefined
    const news = newsOf(base.head, base.scheme ?? entry.scheme)
    catalog.refresh(news)
    return 'deleted' in news ? undefined : news
  }

  /** What has moved on exists. */
  async #read(id: string, signal: AbortSignal): Promise<Base | undefined | 'moved'> {
    const { heads } = this.#options
    try {
      return await heads.read(await heads.open(id), signal)
    } catch (error) {
      if (error instanceof ConversationMoved) return 'moved'
      throw error
    }
  }
}
