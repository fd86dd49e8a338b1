import type { ConversationChange } from '../conversation/change'
import type { ListPage } from '../conversation/listing'
import type { Conversation } from '../conversation/types'
import { type Page, pageOf, toConversation } from '../conversation/view'
import { InvalidInputError } from '../errors/input-errors'
import { StaleSessionError } from '../errors/session-errors'
import type { Logger } from '../observe/log'
import type { CommitOutcome, ConversationList, ConversationStore } from '../storage/conversation-store'
import type { TransferStats } from '../storage/network'
import type { ConversationListener } from '../storage/watcher'
import type { LocalCommits } from './local-commits'
import { listLocally, overlay, readSummaries } from './local-listing'
import type { LocalStore, ReadCopy } from './local-store'
import type { Mirror } from './mirror'
import type { Outbox } from './outbox'
import type { TabChannel } from './tab-channel'

/** The network that a device keeps in step with. */
export interface RemoteParts {
  store: ConversationStore
  mirror: Mirror
  outbox: Outbox
}

export interface LocalFirstStoreOptions {
  local: LocalStore
  commits: LocalCommits
  channel: TabChannel
  log: Logger
  /** Left out: this device is all there is. */
  remote?: RemoteParts
}

/**
 * Conversations on this device first: a commit resolves when it is durable here, together with what is to be
 * sent of it. Reads give what the network has, with what is still to be sent; without a network, what this
 * device has.
 */
export class LocalFirstStore implements ConversationStore {
  readonly #options: LocalFirstStoreOptions
  readonly #ended = new AbortController()
  readonly versions?: NonNullable<ConversationStore['versions']>
  readonly verify?: NonNullable<ConversationStore['verify']>
  readonly inspect?: NonNullable<ConversationStore['inspect']>
  readonly sharing: ConversationStore['sharing']

  constructor(options: LocalFirstStoreOptions) {
    this.#options = options
    const remote = options.remote?.store
    this.sharing = remote?.sharing
    if (remote?.versions !== undefined) this.versions = remote.versions.bind(remote)
    if (remote?.verify !== undefined) this.verify = remote.verify.bind(remote)
    if (remote?.inspect !== undefined) this.inspect = remote.inspect.bind(remote)
  }

  async commit(
    id: string,
    changes: readonly ConversationChange[],
    signal: AbortSignal,
  ): Promise<CommitOutcome[]> {
    const { local, commits, channel, remote } = this.#options
    const start = local.known(id) ?? (await this.#firstCopy(id, changes, signal))
    const { outcomes, written } = await commits.commit(start, changes, signal)
    if (written) {
      channel.post({ kind: 'changed', conversationId: id })
      remote?.outbox.enqueued()
    }
    // What is on this device already may have been put aside, where nobody would send it.
    else await remote?.outbox.retryMessages(id, outcomes.flatMap(messageIdsOf))
    if (outcomes.some(isStaleSession)) channel.post({ kind: 'stale-session', conversationId: id })
    return outcomes
  }

  async load(id: string, page: Page, signal: AbortSignal): Promise<Conversation | undefined> {
    const { local, remote } = this.#options
    if (remote === undefined) return pageFrom(await local.read(id), page)
    if (page.version !== undefined) return remote.store.load(id, page, signal)
    // A page of what this device does not keep is no reason to fetch all of it.
    if (page.limit !== undefined && (await local.read(id)).writes === 0)
      return remote.store.load(id, page, signal)
    return pageFrom(await remote.mirror.read(id, signal), page)
  }

  async list(page: ListPage, signal: AbortSignal): Promise<ConversationList> {
    const { local, remote, log } = this.#options
    if (remote === undefined) return listLocally(await readSummaries(local), page)
    try {
      const sending = await local.unsentIds()
      const fresh = await remote.store.list(page, signal)
      return overlay(fresh, await readSummaries(local, sending), page)
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'STORE_UNAVAILABLE') throw error
      log.debug({ error }, 'The list is that of this device')
      return listLocally(await readSummaries(local), page)
    }
  }

  /** Tells of what any tab of this device commits, and of what other devices do. */
  watch(id: string, listener: ConversationListener): () => void {
    const { channel, remote, log } = this.#options
    const ended = new AbortController()
    let told = 0
    const tell = async () => {
      const { head } = (await this.#options.local.read(id)).state
      if (head.version <= told || ended.signal.aborted || this.#ended.signal.aborted) return
      told = head.version
      const { version, updatedAt, messageCount } = head
      listener({ conversationId: id, version, updatedAt, messageCount, deleted: head.deleted === true })
    }
    const tellSoon = () => void tell().catch((error: unknown) => log.warn({ error }, 'A watcher failed'))
    const freshen = () =>
      void remote?.mirror.freshen(id).catch((error: unknown) => log.debug({ error }, 'A copy is late'))
    const stop = channel.listen((news) => {
      if (news.kind === 'changed' && news.conversationId === id) tellSoon()
    })
    const stopRemote = remote?.store.watch?.(id, freshen)
    tellSoon()
    return () => {
      ended.abort()
      stop()
      stopRemote?.()
    }
  }

  /** Tells of what any tab of this device commits, and of what the network lists. */
  watchList(listener: () => void): () => void {
    const { channel, remote } = this.#options
    const stop = channel.listen(({ kind }) => {
      if (kind === 'changed') listener()
    })
    const stopRemote = remote?.store.watchList?.(listener)
    return () => {
      stop()
      stopRemote?.()
    }
  }

  getTransferStats(): TransferStats {
    return this.#options.remote?.store.getTransferStats() ?? { requests: 0, bytesUp: 0, bytesDown: 0 }
  }

  /** What waits to be sent stays on this device for the next time. */
  async close(): Promise<void> {
    const { local, channel, remote } = this.#options
    this.#ended.abort()
    remote?.mirror.close()
    await remote?.outbox.close()
    await remote?.store.close()
    channel.close()
    local.close()
  }

  /**
   * The copy that a first commit meets. Where this device has none, the network is asked; without its answer
   * only what needs no content goes on.
   */
  async #firstCopy(
    id: string,
    changes: readonly ConversationChange[],
    signal: AbortSignal,
  ): Promise<ReadCopy> {
    const { local, remote, log } = this.#options
    const copy = await local.read(id)
    if (remote === undefined || copy.writes > 0) return copy
    const canGoOn = changes.every(({ kind }) => kind === 'append' || kind === 'save')
    try {
      return await (canGoOn ? remote.mirror.readSoon(id, signal) : remote.mirror.read(id, signal))
    } catch (error) {
      if (!canGoOn) throw error
      log.debug({ error }, 'Begins without what the network may have')
      return local.read(id)
    }
  }
}

function messageIdsOf(outcome: CommitOutcome): readonly string[] {
  return 'receipt' in outcome ? outcome.receipt.messageIds : []
}

function isStaleSession(outcome: CommitOutcome): boolean {
  return 'error' in outcome && outcome.error instanceof StaleSessionError
}

function pageFrom({ state }: ReadCopy, page: Page): Conversation | undefined {
  if (state.head.version === 0 || state.head.deleted === true) return undefined
  if (page.version !== undefined && page.version !== state.head.version) {
    throw new InvalidInputError('options.version', 'is not there: this device keeps the current one only')
  }
  return toConversation(state, pageOf(state, page) ?? [])
}
