import { ClosedError } from '../errors/identity-errors'
import { SDKError } from '../errors/sdk-error'
import { UnsupportedFormatError } from '../errors/storage-errors'
import type { Clock } from '../observe/clock'
import type { Logger } from '../observe/log'
import type { PersistenceKind } from '../observe/persistence-kinds'
import type { ConversationStore } from '../storage/conversation-store'
import { mapInParallel } from '../storage/map-in-parallel'
import type { Connectivity } from './connectivity'
import type { OutboxRow } from './database'
import { lead } from './leadership'
import { type LocalStore, type OpenedRow, parkedBecause } from './local-store'
import { mayPass, type SentRow, sendRow } from './send-row'
import type { SyncStatus } from './sync-status'
import type { TabChannel } from './tab-channel'

/** How many rows are looked at together, and how many conversations are sent at a time. */
const ROWS_AT_ONCE = 256
const CONVERSATIONS_AT_ONCE = 4
/** The waits after failures, in ms: twice as long each time, up to the longest, and up to half less at random. */
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 60_000
/** Closing waits so long for what is being sent, in ms; it stays in the outbox. */
const CLOSING_MS = 5_000

export interface SenderOptions {
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

/** Sends the rows of the outbox, whenever it is this tab's turn. */
export class OutboxSender {
  readonly #options: SenderOptions & { onEnd(): void }
  readonly #ended = new AbortController()
  readonly #stop: (() => void)[] = []
  #sending: readonly number[] = []
  #lastError: SyncStatus['lastError']
  #leading = new AbortController()
  #running: Promise<void> | undefined
  #failures = 0
  #cancelRetry: (() => void) | undefined
  #isFrozen = false
  #isClosed = false

  /** @param options `onEnd` is called after each turn: there may be more by then */
  constructor(options: SenderOptions & { onEnd(): void }) {
    this.#options = options
    const stopHearing = options.channel.listen((news) => {
      if (news.kind !== 'sending') return
      this.#sending = news.seqs
      this.#lastError = news.lastError
    })
    this.#stop.push(
      stopHearing,
      options.connectivity.listen((event) => this.#follow(event)),
    )
  }

  /** The rows that are being sent right now, by whichever tab. */
  get sending(): readonly number[] {
    return this.#sending
  }

  /** Of the last attempt of whichever tab, if it failed. */
  get lastError(): SyncStatus['lastError'] {
    return this.#lastError
  }

  /** Aborted when nothing is sent any more. */
  get ended(): AbortSignal {
    return this.#ended.signal
  }

  /** Sends at once, however long it was to wait. */
  wake(): void {
    this.#failures = 0
    this.#cancelRetry?.()
    this.#cancelRetry = undefined
    this.send()
  }

  /** Sends what waits, unless that is under way, or put off until a while after a failure. */
  send(): void {
    if (this.#running !== undefined || this.#cancelRetry !== undefined) return
    if (this.#isFrozen || this.#isClosed || !this.#options.connectivity.isOnline()) return
    const { signal } = this.#leading
    this.#running = lead(this.#options, signal, (leading) => this.#drain(leading))
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#running = undefined
        this.#options.onEnd()
      })
  }

  /** Resolves when this tab's turn, if it has one, is over. */
  async settled(): Promise<void> {
    await this.#running
  }

  /** Lets what is being sent come to its end for a few seconds. */
  async close(): Promise<void> {
    for (const stop of this.#stop) stop()
    this.#cancelRetry?.()
    this.#isClosed = true
    this.#leading.abort()
    const cancel = this.#options.clock.after(CLOSING_MS, () => this.#ended.abort(new ClosedError()))
    await this.#running
    cancel()
    this.#ended.abort(new ClosedError())
  }

  #follow(event: 'wake' | 'offline' | 'freeze' | 'hide'): void {
    this.#isFrozen = event === 'freeze'
    if (event === 'wake') this.wake()
    if (event !== 'freeze') return
    this.#leading.abort()
    this.#leading = new AbortController()
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
      const isConditional = opened.changes.some(({ expectedVersion }) => expectedVersion !== undefined)
      const expected = isConditional ? await local.expectedVersionOf(row) : undefined
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
      this.send()
    })
  }
}

function groupRows(rows: readonly OutboxRow[]): OutboxRow[][] {
  const groups = new Map<string, OutboxRow[]>()
  for (const row of rows) groups.set(row.conversationId, [...(groups.get(row.conversationId) ?? []), row])
  return [...groups.values()]
}
