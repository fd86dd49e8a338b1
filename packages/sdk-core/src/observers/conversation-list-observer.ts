import type { ConversationSummary } from '../conversation/types'
import { ClosedError } from '../errors/identity-errors'
import { type Clock, systemClock } from '../observe/clock'
import type { ReadStatus } from './conversation-observer'
import type { OnFrame } from './frame'
import { Observed } from './observed'
import type { ObservedStorage } from './observed-parts'

const PAGE_SIZE = 20
/** Changes that come by themselves in this time, in ms, are one read. */
const FOLLOW_MS = 250

export interface ConversationListSnapshot {
  status: ReadStatus
  /** The last changed first. */
  items: readonly ConversationSummary[]
  hasMore: boolean
  /** Why it could not be read the last time. */
  error?: unknown
}

export const EMPTY_LIST: ConversationListSnapshot = { status: 'loading', items: [], hasMore: false }

export interface ConversationListObserverOptions {
  storage: Pick<ObservedStorage, 'listConversations' | 'watchConversations'>
  /** How many more each time. @default 20 */
  pageSize?: number
  onFrame?: OnFrame
  /** @default the system's */
  clock?: Clock
}

/** The owner's conversations, page by page, as they are now, whoever changes them. */
export class ConversationListObserver extends Observed<ConversationListSnapshot> {
  readonly #options: ConversationListObserverOptions
  #current = EMPTY_LIST
  #cursor: string | undefined
  #reading: Promise<void> = Promise.resolve()
  #stopWatching = () => {}
  #callOff: (() => void) | undefined

  constructor(options: ConversationListObserverOptions) {
    super(EMPTY_LIST, options.onFrame)
    this.#options = options
  }

  /** Adds the next page, if there is one. Never rejects. */
  loadMore(): Promise<void> {
    return this.#inTurn(async (pageSize) => {
      if (this.#cursor === undefined) return
      const { items } = this.#current
      const known = new Set(items.map(({ id }) => id))
      const page = await this.#page(pageSize, this.#cursor)
      // Where some were changed meanwhile, they have moved to the front and others to this page: all of it is read anew.
      const hasMoved = page.some(({ id }) => known.has(id))
      this.#show(hasMoved ? await this.#page(items.length + pageSize) : [...items, ...page])
    })
  }

  /** Reads as much as is shown again, from the front. Never rejects. */
  refresh(): Promise<void> {
    return this.#inTurn((pageSize) => this.#readAgain(pageSize))
  }

  close(): void {
    this.#stopWatching()
    this.#callOff?.()
  }

  protected start(): void {
    this.#watch()
    void this.refresh()
  }

  protected read(): ConversationListSnapshot {
    return this.#current
  }

  #watch(): void {
    try {
      this.#stopWatching = this.#options.storage.watchConversations(() => this.#follow())
    } catch (error) {
      this.#fail(error)
    }
  }

  /** What changes before the read begins is part of it. */
  #follow(): void {
    this.#callOff ??= (this.#options.clock ?? systemClock).after(FOLLOW_MS, () => {
      void this.#inTurn((pageSize) => {
        this.#callOff = undefined
        return this.#readAgain(pageSize)
      })
    })
  }

  async #readAgain(pageSize: number): Promise<void> {
    this.#show(await this.#page(Math.max(pageSize, this.#current.items.length)))
  }

  #inTurn(task: (pageSize: number) => Promise<void>): Promise<void> {
    const { pageSize = PAGE_SIZE } = this.#options
    this.#reading = this.#reading.then(() => task(pageSize)).catch((error: unknown) => this.#fail(error))
    return this.#reading
  }

  async #page(limit: number, cursor?: string): Promise<ConversationSummary[]> {
    const page = await this.#options.storage.listConversations({
      limit,
      ...(cursor === undefined ? {} : { cursor }),
    })
    this.#cursor = page.cursor
    return page.items
  }

  #show(items: readonly ConversationSummary[]): void {
    this.#current = { status: 'ready', items, hasMore: this.#cursor !== undefined }
    this.changed()
  }

  #fail(error: unknown): void {
    const isFirst = this.#current.status === 'loading' || this.#current.status === 'failed'
    const status = error instanceof ClosedError ? 'closed' : isFirst ? 'failed' : 'ready'
    this.#current = { ...this.#current, status, error }
    this.changed()
  }
}
