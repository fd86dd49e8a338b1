import type { Head } from '../conversation/head'
import { findRecord, fold } from '../conversation/state'
import {
  applyNews,
  CATALOG_ID,
  type CatalogEntry,
  type CatalogNews,
  newerNews,
  parseEntry,
} from '../conversation/summary'
import type { Logger } from '../observe/log'
import { type EntryPage, readEntries } from './catalog-reader'
import type { Committer } from './commit'
import { withDeadline } from './deadline'
import type { HeadStore } from './head-store'
import { type LockTable, withKeyedLock } from './keyed-lock'

/** At most one commit of refreshed summaries in this time, in ms. */
const REFRESH_INTERVAL_MS = 1000
const LONGEST_RETRY_MS = 60_000
/** A commit that has not landed after this time fails, in ms. */
const DEADLINE_MS = 30_000

interface Announcement {
  news: CatalogNews
  resolve: () => void
  reject: (error: unknown) => void
}

export interface CatalogOptions {
  committer: Committer
  heads: HeadStore
  log: Logger
  /** Called with each version of the catalog that this instance has written. */
  onCommit(head: Head): void
  /** Adds what only this device knows of a conversation. */
  complete(news: CatalogNews): CatalogNews
}

/**
 * The list of an owner's conversations, kept like a conversation and always sealed. Whatever waits when a
 * commit begins goes into that one commit. Announcements are awaited; refreshed summaries follow off the
 * critical path until they land.
 */
export class Catalog {
  readonly #options: CatalogOptions
  readonly #lock: LockTable = new Map()
  readonly #refreshed = new Map<string, CatalogNews>()
  #announced: Announcement[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  #failures = 0

  constructor(options: CatalogOptions) {
    this.#options = options
  }

  /** Resolves when the network has acknowledged a catalog that holds `news` or newer ones of its id. */
  announce(news: CatalogNews): Promise<void> {
    const announced = new Promise<void>((resolve, reject) => {
      this.#announced.push({ news, resolve, reject })
    })
    this.flush().catch((error: unknown) => this.#retryLater(error))
    return announced
  }

  /** Brings a newer summary into the catalog, soon. */
  refresh(news: CatalogNews): void {
    this.#keep(news)
    this.#schedule(REFRESH_INTERVAL_MS)
  }

  /** The entries of a page, the newest first, by a fresh read; none where there is no catalog yet. */
  async entries(page: EntryPage, signal: AbortSignal): Promise<CatalogEntry[]> {
    return readEntries(this.#options.heads, await this.#options.heads.open(CATALOG_ID), page, signal)
  }

  /** The entry of one conversation, by a fresh read. */
  async find(id: string, signal: AbortSignal): Promise<CatalogEntry | undefined> {
    const entries = await this.entries({}, signal)
    return entries.find((entry) => entry.id === id)
  }

  /**
   * Brings the entry of a conversation up to date where it is known to say something else than `news`, its
   * current version. Reads nothing. `true` where the catalog knows of a version later than that.
   */
  compare(news: CatalogNews): boolean {
    const known = this.#options.heads.latest(CATALOG_ID)
    const record =
      known &&
      findRecord({ head: known.head, sealed: this.#options.heads.cachedSegments(known.head) }, news.id)
    if (record === undefined || record.deleted === true) return false
    const entry = parseEntry(record)
    if ('deleted' in news || entry.pending === true || entry.version < news.version) this.refresh(news)
    return entry.pending !== true && entry.version > news.version
  }

  /** Writes all that waits. Rejects where that failed; refreshed summaries are then tried again later. */
  flush(): Promise<void> {
    return withKeyedLock(this.#lock, CATALOG_ID, () => this.#writeWaiting())
  }

  /**
   * Writes what waits, trying once, and ends the timers. A summary that could not be refreshed stays behind
   * its conversation; it costs a reader a look at the conversation itself, and no one a message.
   */
  async close(): Promise<void> {
    try {
      await this.flush()
    } catch (error) {
      this.#options.log.warn({ error }, 'Summaries could not be refreshed before closing')
    } finally {
      clearTimeout(this.#timer)
    }
  }

  async #writeWaiting(): Promise<void> {
    const announced = this.#announced
    const refreshed = [...this.#refreshed.values()]
    if (announced.length + refreshed.length === 0) return
    this.#announced = []
    this.#refreshed.clear()
    try {
      await this.#commit([...announced.map(({ news }) => news), ...refreshed])
      this.#failures = 0
      for (const { resolve } of announced) resolve()
    } catch (error) {
      this.#failures += 1
      for (const { reject } of announced) reject(error)
      for (const news of refreshed) this.#keep(news)
      throw error
    }
  }

  #keep(news: CatalogNews): void {
    this.#refreshed.set(news.id, newerNews(this.#refreshed.get(news.id), news))
  }

  #schedule(delayMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.flush().catch((error: unknown) => this.#retryLater(error))
    }, delayMs)
  }

  #retryLater(error: unknown): void {
    if (this.#refreshed.size === 0) return
    this.#options.log.warn({ error, failures: this.#failures }, 'Summaries could not be refreshed yet')
    this.#schedule(Math.min(REFRESH_INTERVAL_MS * 2 ** this.#failures, LONGEST_RETRY_MS))
  }

  async #commit(news: readonly CatalogNews[]): Promise<void> {
    const { version, written } = await withDeadline(DEADLINE_MS, undefined, (signal) =>
      this.#options.committer.commit(
        {
          id: CATALOG_ID,
          needs: () => [],
          plan: (base, context) => {
            const delta = applyNews(base, news.map(this.#options.complete), context)
            return {
              next: fold(base, delta),
              keepsPrevious: false,
              scheme: 'xsalsa20-poly1305',
              result: undefined,
              isReplay: delta.records.length === 0,
            }
          },
        },
        signal,
      ),
    )
    if (written) this.#options.onCommit(version.head)
  }
}
