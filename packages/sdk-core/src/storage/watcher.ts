import type { Head } from '../conversation/head'
import type { Logger } from '../observe/log'
import type { StorageCounters } from '../observe/stats'
import { withDeadline } from './deadline'
import type { HeadStore } from './head-store'
import type { PortalAnswer } from './network'
import { ConversationMoved, type Place } from './place'

/** How often is asked where nothing is pushed, in ms. */
const POLL_INTERVAL_MS = 3_000
const READ_DEADLINE_MS = 30_000

/** A version of a watched conversation that is current now. */
export interface ConversationNotice {
  conversationId: string
  version: number
  /** ms since 1970. */
  updatedAt: number
  messageCount: number
  deleted: boolean
}

/** Called with versions in rising order; several at once may come as one. */
export type ConversationListener = (notice: ConversationNotice) => void

interface Watched {
  readonly listeners: Map<object, ConversationListener>
  /** Ends the polling and the subscription. */
  readonly ended: AbortController
  latest: ConversationNotice | undefined
  /** Whether news come by themselves. */
  isLive: boolean
  /** What is subscribed to. */
  place: Place | undefined
  /** Ends the subscription. */
  stop: () => void
}

/** What a portal said by itself about the pointer of a place. */
interface Pushed {
  place: Place
  answer: PortalAnswer
}

export interface WatcherOptions {
  heads: HeadStore
  /** Finds the place that is the current one. */
  follow(id: string, moved: ConversationMoved, signal: AbortSignal): Promise<void>
  counters: StorageCounters
  log: Logger
}

/**
 * Tells of new versions: those that the network pushes, and those that this device makes or reads itself. Asks
 * in intervals only while nothing is pushed. Each listener hears of each version at most once, and never of one
 * older than the one before; several at once may come as one.
 */
export class Watcher {
  readonly #options: WatcherOptions
  readonly #watched = new Map<string, Watched>()

  constructor(options: WatcherOptions) {
    this.#options = options
  }

  /** Calls back with the version that is current now, if there is one, and then with later ones. */
  watch(id: string, listener: ConversationListener): () => void {
    const watched = this.#watched.get(id) ?? this.#start(id)
    const key = {}
    watched.listeners.set(key, listener)
    if (watched.latest !== undefined) this.#call(listener, watched.latest)
    return () => {
      watched.listeners.delete(key)
      if (watched.listeners.size > 0 || this.#watched.get(id) !== watched) return
      watched.ended.abort()
      this.#watched.delete(id)
    }
  }

  /** `head` is current, for all that this device knows. */
  notice({ id, version, updatedAt, messageCount, deleted }: Head): void {
    const watched = this.#watched.get(id)
    if (watched === undefined || version <= (watched.latest?.version ?? 0)) return
    watched.latest = { conversationId: id, version, updatedAt, messageCount, deleted: deleted === true }
    for (const listener of watched.listeners.values()) this.#call(listener, watched.latest)
  }

  close(): void {
    for (const { ended } of this.#watched.values()) ended.abort()
    this.#watched.clear()
  }

  #start(id: string): Watched {
    const watched: Watched = {
      listeners: new Map(),
      ended: new AbortController(),
      latest: undefined,
      isLive: false,
      place: undefined,
      stop: () => {},
    }
    this.#watched.set(id, watched)
    const poll = setInterval(() => {
      if (watched.isLive) return
      this.#options.counters.polls += 1
      this.#look(id, watched)
    }, POLL_INTERVAL_MS)
    watched.ended.signal.addEventListener('abort', () => {
      clearInterval(poll)
      watched.stop()
    })
    this.#look(id, watched)
    this.#listen(id, watched).catch((error: unknown) =>
      this.#options.log.debug({ error }, 'A watched conversation could not be listened to'),
    )
    return watched
  }

  async #listen(id: string, watched: Watched): Promise<void> {
    const place = await this.#options.heads.open(id)
    const { pointer } = place
    const { signal } = watched.ended
    if (signal.aborted || pointer.listen === undefined) return
    watched.place = place
    watched.stop()
    watched.stop = pointer.listen({
      onPointer: (pointer, portal) => this.#look(id, watched, { place, answer: { pointer, portal } }),
      onLive: (isLive) => {
        watched.isLive = isLive
      },
    })
  }

  /** Finds out what is current: what the network has pushed, or what it says when asked. */
  async #look(id: string, watched: Watched, pushed?: Pushed): Promise<void> {
    const { heads, log } = this.#options
    const { ended } = watched
    try {
      const base = await withDeadline(READ_DEADLINE_MS, ended.signal, async (signal) => {
        if (pushed !== undefined) return heads.readPushed(pushed.place, pushed.answer, signal)
        const place = await heads.open(id)
        if (watched.place !== undefined && watched.place !== place) await this.#listen(id, watched)
        return heads.read(place, signal)
      })
      if (base !== undefined) this.notice(base.head)
    } catch (error) {
      if (error instanceof ConversationMoved) await this.#follow(id, watched, error)
      else log.debug({ error }, 'A watched conversation could not be read')
    }
  }

  async #follow(id: string, watched: Watched, moved: ConversationMoved): Promise<void> {
    const { follow, log } = this.#options
    // Until there is a subscription to the new place, asking finds it.
    watched.isLive = false
    try {
      await withDeadline(READ_DEADLINE_MS, watched.ended.signal, (signal) => follow(id, moved, signal))
      await this.#look(id, watched)
    } catch (error) {
      log.debug({ error }, 'A watched conversation could not be followed')
    }
  }

  #call(listener: ConversationListener, notice: ConversationNotice): void {
    try {
      listener(notice)
    } catch (error) {
      this.#options.log.warn({ error }, 'A listener of a conversation failed')
    }
  }
}
