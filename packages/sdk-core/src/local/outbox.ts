import type { ConversationChange } from '../conversation/change'
import type { Message } from '../conversation/types'
import { eitherSignal } from '../storage/either-signal'
import type { ReadOptions } from '../storage/load-options'
import { untilAborted } from '../storage/until-aborted'
import type { ParkedRow } from './database'
import { OutboxSender, type SenderOptions } from './outbox-sender'
import { type SaveStatus, type SyncStatus, statusOf } from './sync-status'
import type { TabNews } from './tab-channel'

/** Ten tabs that send a row each millisecond must not spend their time on counting; in ms. */
const COUNT_INTERVAL_MS = 50

export type OutboxOptions = SenderOptions

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
  readonly #sender: OutboxSender
  readonly #listeners = new Set<(status: SyncStatus) => void>()
  readonly #stop: (() => void)[] = []
  #counts = { waiting: 0, parked: 0 }
  #wasOnline = true
  #counting: Promise<void> | undefined
  #isCountDue = false
  #isClosed = false

  constructor(options: OutboxOptions) {
    this.#options = options
    // It hears what is sent before this does, which tells its listeners.
    this.#sender = new OutboxSender({ ...options, onEnd: () => this.#recount() })
    this.#stop.push(options.channel.listen((news) => this.#hear(news)))
    this.#stop.push(options.connectivity.listen(() => this.#tell()))
    this.#recount()
  }

  /** What is known now, without asking the database. */
  getStatus(): SyncStatus {
    const { lastError } = this.#sender
    const counts = {
      waiting: this.#counts.waiting,
      syncing: this.#sender.sending.length,
      failed: this.#counts.parked,
    }
    return {
      status: statusOf(counts),
      ...counts,
      isOnline: this.#options.connectivity.isOnline() && lastError?.code !== 'STORE_UNAVAILABLE',
      ...(lastError === undefined ? {} : { lastError }),
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
    if (waiting.some(({ seq }) => this.#sender.sending.includes(seq))) return 'syncing'
    if (waiting.length > 0) return 'saved locally'
    const { state } = await this.#options.local.read(conversationId)
    const record = state.head.tail.find(({ id }) => id === messageId)
    return record === undefined || record.deleted === true ? undefined : 'saved'
  }

  /** Resolves when nothing waits any more: all of it is on the network, or was put aside. */
  async flush({ signal }: ReadOptions = {}): Promise<SyncStatus> {
    this.wake()
    const { ended } = this.#sender
    const either = eitherSignal(ended, signal)
    while (await this.#isWaiting()) await this.#nextChange(either)
    await this.#sender.settled()
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

  /** {@link retry} of whatever was put aside of these messages. */
  async retryMessages(conversationId: string, messageIds: readonly string[]): Promise<void> {
    const { local } = this.#options
    const rows = await Promise.all(messageIds.map((id) => local.rowsOf(conversationId, id)))
    const parked = new Set(rows.flatMap((row) => row.parked.map(({ seq }) => seq)))
    for (const seq of parked) await this.retry(seq)
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
    this.#sender.wake()
  }

  /** Lets what is being sent come to its end for a few seconds. What waits stays for the next time. */
  async close(): Promise<void> {
    for (const stop of this.#stop) stop()
    this.#isClosed = true
    await this.#sender.close()
    await this.#counting
    this.#listeners.clear()
  }

  #hear({ kind }: TabNews): void {
    if (kind === 'outbox') this.#recount()
    if (kind === 'stale-session') this.#options.notify('conflict_stale')
    if (kind === 'sending') this.#tell()
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
        if (this.#counts.waiting > 0) this.#sender.send()
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
