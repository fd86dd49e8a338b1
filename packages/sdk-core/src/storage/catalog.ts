import { fold, knownRecords } from '../conversation/state'
import { applyEntries, type CatalogEntry, newerEntry, parseEntry } from '../conversation/summary'
import type { Logger } from '../observe/log'
import type { Committer } from './commit'
import type { Compactor } from './compactor'
import { withDeadline } from './deadline'
import type { HeadStore } from './head-store'
import { type LockTable, withKeyedLock } from './keyed-lock'

/** Lies outside the space of user ids, which hold no control characters. */
export const CATALOG_ID = '\u0000catalog'

/** At most one commit of refreshed summaries in this time, in ms. */
const REFRESH_INTERVAL_MS = 1000
const LONGEST_RETRY_MS = 60_000

interface Announcement {
  entry: CatalogEntry
  resolve: () => void
  reject: (error: unknown) => void
}

/**
 * The list of an owner's conversations, kept like a conversation and always sealed. Whatever waits when a
 * commit begins goes into that one commit. Announcements are awaited; refreshed summaries follow off the
 * critical path until they land.
 */
export class Catalog {
  readonly #committer: Committer
  readonly #heads: HeadStore
  readonly #compactor: Compactor
  readonly #log: Logger
  readonly #deadlineMs: number
  readonly #lock: LockTable = new Map()
  readonly #refreshed = new Map<string, CatalogEntry>()
  #announced: Announcement[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  #failures = 0

  constructor(committer: Committer, heads: HeadStore, compactor: Compactor, log: Logger, deadlineMs: number) {
    this.#committer = committer
    this.#heads = heads
    this.#compactor = compactor
    this.#log = log
    this.#deadlineMs = deadlineMs
  }

  /** Resolves when the network has acknowledged a catalog that holds `entry` or a newer one of its id. */
  announce(entry: CatalogEntry): Promise<void> {
    const announced = new Promise<void>((resolve, reject) => {
      this.#announced.push({ entry, resolve, reject })
    })
    this.flush().catch((error: unknown) => this.#retryLater(error))
    return announced
  }

  /** Brings a newer summary into the catalog, soon. */
  refresh(entry: CatalogEntry): void {
    this.#refreshed.set(entry.id, newerEntry(this.#refreshed.get(entry.id), entry))
    this.#schedule(REFRESH_INTERVAL_MS)
  }

  /** Every entry, by a fresh read; none where there is no catalog yet. */
  async entries(signal: AbortSignal): Promise<CatalogEntry[]> {
    const place = await this.#heads.open(CATALOG_ID)
    const base = await this.#heads.read(place, signal)
    if (base === undefined) return []
    const complete = await this.#heads.withSegments(place, base, base.head.segments, signal)
    return [...knownRecords(complete).values()].filter((record) => record.deleted !== true).map(parseEntry)
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
      this.#log.warn({ error }, 'Summaries could not be refreshed before closing')
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
      await this.#commit([...announced.map(({ entry }) => entry), ...refreshed])
      this.#failures = 0
      for (const { resolve } of announced) resolve()
    } catch (error) {
      this.#failures += 1
      for (const { reject } of announced) reject(error)
      for (const entry of refreshed)
        this.#refreshed.set(entry.id, newerEntry(this.#refreshed.get(entry.id), entry))
      throw error
    }
  }

  #schedule(delayMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.flush().catch((error: unknown) => this.#retryLater(error))
    }, delayMs)
  }

  #retryLater(error: unknown): void {
    if (this.#refreshed.size === 0) return
    this.#log.warn({ error, failures: this.#failures }, 'Summaries could not be refreshed yet')
    this.#schedule(Math.min(REFRESH_INTERVAL_MS * 2 ** this.#failures, LONGEST_RETRY_MS))
  }

  async #commit(entries: readonly CatalogEntry[]): Promise<void> {
    await withDeadline(this.#deadlineMs, undefined, (signal) =>
      this.#committer.commit(
        {
          id: CATALOG_ID,
          needs: (base) => base.head.segments,
          plan: (base, context) => {
            const delta = applyEntries(base, entries, context)
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
    this.#compactor.consider(CATALOG_ID)
  }
}
