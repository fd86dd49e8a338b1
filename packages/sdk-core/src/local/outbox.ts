import type { ConversationChange } from '../conversation/change'
import type { Message } from '../conversation/types'
import { ClosedError } from '../errors/identity-errors'
import { SDKError } from '../errors/sdk-error'
import { UnsupportedFormatError } from '../errors/storage-errors'
import type { Clock } from '../observe/clock'
import type { Logger } from '../observe/log'
import type { PersistenceKind } from '../observe/persistence-kinds'
import type { ConversationStore } from '../storage/conversation-store'
import type { ReadOptions } from '../storage/load-options'
import { mapInParallel } from '../storage/map-in-parallel'
import { untilAborted } from '../storage/until-aborted'
import type { Connectivity } from './connectivity'
import type { OutboxRow, ParkedRow } from './database'
import { lead } from './leadership'
import { type LocalStore, type OpenedRow, parkedBecause } from './local-store'
import { mayPass, type SentRow, sendRow } from './send-row'
import { type SaveStatus, type SyncStatus, statusOf } from './sync-status'
import type { TabChannel } from './tab-channel'

/** How many rows are looked at together, and how many conversations are sent at a time. */
const ROWS_AT_ONCE = 256
const CONVERSATIONS_AT_ONCE = 4
/** The waits after failures, in ms: twice as long each time, up to the longest, and up to half less at random. */
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 60_000
/** Ten tabs that send a row each millisecond must not spend their time on counting; in ms. */
const COUNT_INTERVAL_MS = 50
/** Closing waits so long for what is being sent, in ms; it stays in the outbox. */
const CLOSING_MS = 5_000

export interface OutboxOptions {
  /** Names the identity: of its tabs one sends at a time. */
  name: string
  local: LocalStore
  remote: ConversationStore
  channel: TabChannel
  clock: Clock
  connectivity: Connectivity
  log: Logger
  notify(kind: PersistenceKind): void
  /** The network holds more of a conversation than this device. */
  onDiverged(conversationId: string): Promise<void>
  /** From 0 to below 1. */
  random?(): number
  locks?: LockManager
  /** A leading tab that is not heard of for so long is replaced, in ms. @default 10 000 */
  silenceMs?: number
}

/** A commit that was put aside. It stays until it is sent again or given up. */
export interface FailedSave {
  /** For `retry` and `discard`. */
  id: number
  conversationId: string
  messageIds: readonly string[]
  /** What it would have added or replaced; none where it cannot be read. */
  messages: Message[]
  error: { code: string; message: string; userMessage: string }
  /** ms since 1970. */
  enqueuedAt: number
  parkedAt: number
}

/**
 * Sends to the network what was committed on this device: in order within a conversation, each commit once,
 * byte for byte, by one tab at a time. A row goes only after the network has acknowledged it.
 */
export class Outbox {
  readonly #options: OutboxOptions
  readonly #listeners = new Set<(status: SyncStatus) => void>()
  readonly #ended = new AbortController()
  readonly #stop: (() => void)[] = []
  #counts = { waiting: 0, parked: 0 }
  #sending: readonly number[] = []
  #lastError: SyncStatus['lastError']
  #wasOnline = true
  #isFrozen = false
  #failures = 0
  #cancelRetry: (() => void) | undefined
  #running: Promise<void> | undefined
  #leading = new AbortController()
  #isClosed = false
  #counting: Promise<void> | undefined
  #isCountDue = false

  constructor(options: OutboxOptions) {
    this.#options = options
    const { channel, connectivity } = options
    this.#stop.push(channel.listen((news) => this.#hear(news)))
    this.#stop.push(connectivity.listen((event) => this.#follow(event)))
    this.#recount()
  }

  getStatus(): SyncStatus {
    const counts = {
      waiting: this.#counts.waiting,
      syncing: this.#sending.length,
      failed: this.#counts.parked,
    }
    return {
      status: statusOf(counts),
      ...counts,
      isOnline: this.#options.connectivity.isOnline() && this.#lastError?.code !== 'STORE_UNAVAILABLE',
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
    }
  }

  /** Calls back now and after each change of the status, until the function that it gives back is called. */
  subscribe(listener: (status: SyncStatus) => void): () => void {
    this.#listeners.add(listener)
    listener(this.getStatus())
    return () => void this.#listeners.delete(listener)
  }

  /** Where a message is; `undefined` where this device does not know it. */
  async statusOf(conversationId: string, messageId: string): Promise<SaveStatus | undefined> {
    const { waiting, parked } = await this.#options.local.rowsOf(conversationId, messageId)
    if (parked.length > 0) return 'failed'
    if (waiting.some(({ seq }) => this.#sending.includes(seq))) return 'syncing'
    if (waiting.length > 0) return 'saved locally'
    const { state } = await this.#options.local.read(conversationId)
    const record = state.head.tail.find(({ id }) => id === messageId)
    return record === undefined || record.deleted === true ? undefined : 'saved'
  }

  /** Resolves when nothing waits any more: all of it is on the network, or was put aside. */
  async flush({ signal }: ReadOptions = {}): Promise<SyncStatus> {
    this.wake()
    const ended = this.#ended.signal
    const either = signal === undefined ? ended : AbortSignal.any([signal, ended])
    while (await this.#isWaiting()) await this.#nextChange(either)
    await this.#running
    return this.getStatus()
  }

  /** What was put aside, with what it holds: nothing of it is ever dropped. */
  async listFailed(): Promise<FailedSave[]> {
    const rows = await this.#options.local.parkedRows()
    return Promise.all(rows.map((row) => this.#describe(row)))
  }

  /** Sends a commit again that was put aside. */
  async retry(id: number): Promise<void> {
    await this.#options.local.unpark(id)
    this.enqueued()
  }

  /** Gives up a commit that was put aside. */
  async discard(id: number): Promise<void> {
    await this.#options.local.dropParked(id)
    this.#options.channel.post({ kind: 'outbox' })
  }

  /** Something was put into the outbox. */
  enqueued(): void {
    this.#options.channel.post({ kind: 'outbox' })
  }

  /** Tries at once, however long it was to wait. */
  wake(): void {
    this.#failures = 0
    this.#cancelRetry?.()
    this.#cancelRetry = undefined
    this.#send()
  }

  /** Lets what is being sent come to its end for a few seconds. What waits stays for the next time. */
  async close(): Promise<void> {
    for (const stop of this.#stop) stop()
    this.#cancelRetry?.()
    this.#isClosed = true
    this.#leading.abort()
    const cancel = this.#options.clock.after(CLOSING_MS, () => this.#ended.abort(new ClosedError()))
    await this.#running
    await this.#counting
    cancel()
    this.#ended.abort(new ClosedError())
    this.#listeners.clear()
  }

  #hear(news: Parameters<Parameters<TabChannel['listen']>[0]>[0]): void {
    if (news.kind === 'outbox') this.#recount()
    if (news.kind === 'stale-session') this.#options.notify('conflict_stale')
    if (news.kind !== 'sending') return
    this.#sending = news.seqs
    this.#lastError = news.lastError
    this.#tell()
  }

  #follow(event: 'wake' | 'offline' | 'freeze' | 'hide'): void {
    this.#isFrozen = event === 'freeze'
    this.#tell()
    if (event === 'wake') this.wake()
    if (event !== 'freeze') return
    this.#leading.abort()
    this.#leading = new AbortController()
  }

  /** Counts what waits, and sends it if there is any. */
  #recount(): void {
    this.#isCountDue = true
    this.#counting ??= this.#count().finally(() => {
      this.#counting = undefined
    })
  }

  async #count(): Promise<void> {
    const { local, log, clock } = this.#options
    while (this.#isCountDue && !this.#isClosed) {
      this.#isCountDue = false
      try {
        this.#counts = await local.counts()
        this.#tell()
        if (this.#counts.waiting > 0) this.#send()
      } catch (error) {
        log.warn({ error }, 'The outbox could not be counted')
      }
      await new Promise<void>((resolve) => void clock.after(COUNT_INTERVAL_MS, resolve))
    }
  }

  async #isWaiting(): Promise<boolean> {
    this.#counts = await this.#options.local.counts()
    return this.#counts.waiting > 0
  }

  async #nextChange(signal: AbortSignal): Promise<void> {
    let stop = () => {}
    const changed = new Promise<void>((resolve) => {
      const listener = () => resolve()
      this.#listeners.add(listener)
      stop = () => void this.#listeners.delete(listener)
    })
    await untilAborted(signal, changed).finally(stop)
  }

  #tell(): void {
    const status = this.getStatus()
    if (status.isOnline !== this.#wasOnline) {
      this.#wasOnline = status.isOnline
      this.#options.notify(status.isOnline ? 'back_online' : 'offline')
    }
    for (const listener of [...this.#listeners]) listener(status)
  }

  #send(): void {
    if (this.#running !== undefined || this.#cancelRetry !== undefined) return
    if (this.#isFrozen || this.#isClosed || !this.#options.connectivity.isOnline()) return
    const { signal } = this.#leading
    this.#running = lead(this.#options, signal, (leading) => this.#drain(leading))
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#running = undefined
        this.#recount()
      })
  }

  async #drain(signal: AbortSignal): Promise<void> {
    const { local, connectivity } = this.#options
    // A leader before may have died while it was sending.
    this.#announce([])
    while (!signal.aborted && connectivity.isOnline()) {
      const rows = await local.waiting({ limit: ROWS_AT_ONCE })
      if (rows.length === 0) return
      const errors = await mapInParallel(groupRows(rows), CONVERSATIONS_AT_ONCE, (group) =>
        this.#sendAll(group, signal),
      )
      const error = errors.find((each) => each !== undefined)
      if (error !== undefined) return this.#failed(error)
      this.#failures = 0
    }
  }

  /** The rows of one conversation, in their order; what they failed with, if they did. */
  async #sendAll(rows: readonly OutboxRow[], signal: AbortSignal): Promise<unknown> {
    let hasDiverged = false
    try {
      for (const row of rows) {
        if (signal.aborted) return undefined
        hasDiverged = !(await this.#sendOne(row)) || hasDiverged
      }
    } catch (error) {
      return error
    } finally {
      const [first] = rows
      if (hasDiverged && first !== undefined) await this.#options.onDiverged(first.conversationId)
    }
    return undefined
  }

  /** Whether the copy of this device holds all that the network has. */
  async #sendOne(row: OutboxRow): Promise<boolean> {
    const { local, remote, channel } = this.#options
    const opened = await this.#open(row)
    if (opened === undefined) return false
    this.#announce([...this.#sending, row.seq])
    try {
      const expected = await local.expectedVersionOf(row)
      const sent = await sendRow(opened, expected, remote, this.#ended.signal)
      this.#lastError = undefined
      return await this.#settle(opened, sent)
    } finally {
      this.#announce(this.#sending.filter((seq) => seq !== row.seq))
      channel.post({ kind: 'outbox' })
    }
  }

  async #settle(row: OpenedRow, { version, isPlain, isMerged, failed }: SentRow): Promise<boolean> {
    const { local, notify } = this.#options
    if (isMerged) notify('conflict_merged')
    const [first] = failed
    if (first === undefined) {
      return local.acknowledge(row, version ?? 0, isPlain && row.isRetried !== true)
    }
    await local.park(
      row,
      parkedBecause(first.error),
      failed.map(({ change }) => change),
    )
    this.#tellOfParked(row, first.error)
    return false
  }

  /** A row that cannot be read is put aside; one of a newer SDK waits for a tab that understands it. */
  async #open(row: OutboxRow): Promise<OpenedRow | undefined> {
    const { local } = this.#options
    try {
      return await local.openRow(row)
    } catch (error) {
      if (error instanceof UnsupportedFormatError || mayPass(error)) throw error
      await local.park(row, parkedBecause(error))
      this.#tellOfParked(row, error)
      return undefined
    }
  }

  #tellOfParked({ conversationId }: OutboxRow, error: unknown): void {
    const { notify, channel, log } = this.#options
    const code = error instanceof SDKError ? error.code : undefined
    const isStale = code === 'STALE_SESSION'
    log.warn({ code }, 'A save was put aside: it can never succeed as it is')
    if (isStale) channel.post({ kind: 'stale-session', conversationId })
    else notify(code === 'PERSISTENCE_CONFLICT' ? 'conflict_stale' : 'save_failed')
  }

  #announce(seqs: readonly number[]): void {
    const lastError = this.#lastError === undefined ? {} : { lastError: this.#lastError }
    this.#options.channel.post({ kind: 'sending', seqs, ...lastError })
  }

  #failed(error: unknown): void {
    if (this.#isClosed) return
    const { clock, random = Math.random, log } = this.#options
    const code = error instanceof SDKError ? error.code : 'UNKNOWN'
    const userMessage = error instanceof SDKError ? error.userMessage : 'Saving is not possible right now.'
    log.debug({ error, failures: this.#failures }, 'The outbox waits')
    this.#lastError = { code, userMessage }
    this.#announce([])
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** this.#failures, LONGEST_WAIT_MS)
    this.#failures += 1
    this.#cancelRetry = clock.after(waitMs * (1 - random() / 2), () => {
      this.#cancelRetry = undefined
      this.#send()
    })
  }

  async #describe(row: ParkedRow): Promise<FailedSave> {
    const { seq, conversationId, messageIds, code, problem, userMessage, enqueuedAt, parkedAt } = row
    const error = { code, message: problem, userMessage }
    const changes = await this.#options.local.openRow(row).then(
      (opened) => opened.changes,
      () => [],
    )
    const messages = changes.flatMap(messagesOf)
    return { id: seq, conversationId, messageIds, messages, error, enqueuedAt, parkedAt }
  }
}

function messagesOf({ messages }: ConversationChange): Message[] {
  return messages.map(({ message }) => message)
}

function groupRows(rows: readonly OutboxRow[]): OutboxRow[][] {
  const groups = new Map<string, OutboxRow[]>()
  for (const row of rows) groups.set(row.conversationId, [...(groups.get(row.conversationId) ?? []), row])
  return [...groups.values()]
}
