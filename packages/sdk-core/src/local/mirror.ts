import type { ConversationChange } from '../conversation/change'
import { withoutContent } from '../conversation/state'
import type { Conversation } from '../conversation/types'
import { VersionConflictError } from '../errors/conflict-errors'
import { ConversationDeletedError, StoreUnavailableError } from '../errors/storage-errors'
import type { Logger } from '../observe/log'
import type { ConversationStore } from '../storage/conversation-store'
import { withDeadline } from '../storage/deadline'
import { untilAborted } from '../storage/until-aborted'
import type { Connectivity } from './connectivity'
import { type LocalCopy, rebase } from './local-copy'
import type { LocalStore, ReadCopy } from './local-store'
import type { TabChannel } from './tab-channel'

/** How long a reader who has a copy waits for a fresher one, in ms. It is still taken over when it comes. */
const PATIENCE_MS = 1_500
const DEADLINE_MS = 30_000

export interface MirrorOptions {
  local: LocalStore
  remote: ConversationStore
  connectivity: Connectivity
  channel: TabChannel
  log: Logger
  /** Names this tab in what it writes. */
  device: string
}

/** Brings what the network holds into the copies of this device, under what they still have to send. */
export class Mirror {
  readonly #options: MirrorOptions
  readonly #underWay = new Map<string, Promise<void>>()
  readonly #ended = new AbortController()
  readonly #stop: (() => void)[]
  /** Whether the network did not answer when this device last asked it: nobody waits for it then. */
  #isDown = false

  constructor(options: MirrorOptions) {
    this.#options = options
    this.#stop = [
      options.channel.listen((news) => {
        if (news.kind === 'sending' && news.lastError === undefined) this.#isDown = false
      }),
      options.connectivity.listen((event) => {
        if (event === 'wake') this.#isDown = false
      }),
    ]
  }

  /**
   * The copy, as fresh as the network gives it soon; where there is none, once the network has answered.
   * @throws StoreUnavailableError and others of loads, where there is no copy
   */
  async read(id: string, signal: AbortSignal): Promise<ReadCopy> {
    const { log, local } = this.#options
    const copy = await this.#readOrForget(id)
    const isKnown = copy.state.head.version > 0
    const fresh = this.freshen(id)
    const settled = isKnown
      ? this.#soon(fresh).catch((error: unknown) => log.debug({ error }, 'A copy could not be freshened'))
      : fresh
    await untilAborted(signal, settled)
    return local.read(id)
  }

  /** The copy, with what the network has if it answers soon. @throws as `read` where it answers that it cannot */
  async readSoon(id: string, signal: AbortSignal): Promise<ReadCopy> {
    await untilAborted(signal, this.#soon(this.freshen(id)))
    return this.#options.local.read(id)
  }

  /** Takes over what the network holds; calls at the same time are one. */
  freshen(id: string, { isForced = false } = {}): Promise<void> {
    const known = this.#underWay.get(id)
    if (known !== undefined && !isForced) return known
    const running = this.#freshen(id, isForced).finally(() => {
      if (this.#underWay.get(id) === running) this.#underWay.delete(id)
    })
    this.#underWay.set(id, running)
    return running
  }

  close(): void {
    for (const stop of this.#stop) stop()
    this.#ended.abort()
  }

  async #freshen(id: string, isForced: boolean): Promise<void> {
    const { local, connectivity, channel } = this.#options
    if (!connectivity.isOnline()) throw new StoreUnavailableError('this device is offline')
    const conversation = await this.#load(id)
    for (;;) {
      const copy = await this.#readOrForget(id)
      const next =
        conversation === undefined
          ? await this.#withoutIt(copy)
          : await this.#with(conversation, copy, isForced)
      if (next === undefined) return
      try {
        await local.saveConversationWithVersion(next, copy)
        return channel.post({ kind: 'changed', conversationId: id })
      } catch (error) {
        if (!(error instanceof VersionConflictError)) throw error
      }
    }
  }

  async #load(id: string): Promise<Conversation | undefined> {
    try {
      const load = (signal: AbortSignal) => this.#options.remote.load(id, {}, signal)
      const conversation = await withDeadline(DEADLINE_MS, this.#ended.signal, load)
      this.#isDown = false
      return conversation
    } catch (error) {
      this.#isDown = true
      throw error
    }
  }

  /** `task`, or nothing if it takes too long. */
  async #soon(task: Promise<void>): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#isDown ? 0 : PATIENCE_MS)
    })
    task.catch(() => {})
    try {
      await Promise.race([task, patience])
    } finally {
      clearTimeout(timer)
    }
  }

  async #with(conversation: Conversation, copy: ReadCopy, isForced: boolean): Promise<LocalCopy | undefined> {
    if (conversation.version < copy.seen) {
      this.#options.log.warn({ seen: copy.seen }, 'The network is behind what this device has seen')
      return undefined
    }
    if (!isForced && isInStep(copy, conversation)) return undefined
    const context = { now: Date.now(), device: this.#options.device }
    return rebase(copy, conversation, await this.#waiting(conversation.id), context)
  }

  /** The network has no such conversation: it never had, or it was deleted, or it has lost it. */
  async #withoutIt(copy: ReadCopy): Promise<LocalCopy | undefined> {
    const { head } = copy.state
    if (copy.seen === 0 || head.deleted === true) return undefined
    if (!(await this.#isDeleted(head.id))) {
      this.#options.log.warn(
        { seen: copy.seen },
        'The network has lost a conversation that this device keeps',
      )
      return undefined
    }
    const state = { head: { ...withoutContent(head), version: head.version + 1 }, sealed: new Map() }
    return { ...copy, state, rebases: copy.rebases + 1 }
  }

  /** Asks for a change that changes nothing: only its refusal tells deleted from absent. */
  async #isDeleted(id: string): Promise<boolean> {
    const nothing: ConversationChange = { kind: 'alter', ids: 'fresh', messages: [], fields: {} }
    const [outcome] = await withDeadline(DEADLINE_MS, this.#ended.signal, (signal) =>
      this.#options.remote.commit(id, [nothing], signal),
    )
    return outcome !== undefined && 'error' in outcome && outcome.error instanceof ConversationDeletedError
  }

  async #waiting(conversationId: string): Promise<(readonly ConversationChange[])[]> {
    const { local, log } = this.#options
    const rows = await local.waiting({ conversationId, limit: Number.POSITIVE_INFINITY })
    const opened = rows.map((row) => local.openRow(row).then(({ changes }) => changes))
    const results = await Promise.allSettled(opened)
    return results.flatMap((result) => {
      if (result.status === 'fulfilled') return [result.value]
      log.warn({ error: result.reason }, 'A waiting save could not be read')
      return []
    })
  }

  /** A copy that does not open is no loss where the network has the conversation; what waits is kept apart. */
  async #readOrForget(id: string): Promise<ReadCopy> {
    const { local, log } = this.#options
    try {
      return await local.read(id)
    } catch (error) {
      if (!isUnreadable(error)) throw error
      log.warn({ error }, 'A copy of this device does not open, and is fetched again')
      await local.forget(id)
      return local.read(id)
    }
  }
}

function isUnreadable(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown }
  return code === 'CORRUPT_RECORD' || code === 'DECRYPTION_FAILED'
}

/** Commits have the times of this device until the network's are read. */
function isInStep({ state, synced }: ReadCopy, { version, createdAt, updatedAt }: Conversation): boolean {
  const { head } = state
  if (version !== synced) return false
  return head.version !== version || (head.createdAt === createdAt && head.updatedAt === updatedAt)
}
