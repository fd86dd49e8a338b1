import type { ChangeOutcome } from '../../conversation/batch'
import type { AppliedChange, ConversationChange } from '../../conversation/change'
import type { Share } from '../../conversation/grant'
import type { Head } from '../../conversation/head'
import type { ListPage } from '../../conversation/listing'
import {
  CATALOG_ID,
  type CatalogEntry,
  type CatalogNews,
  newsOf,
  summarise,
} from '../../conversation/summary'
import type { Conversation } from '../../conversation/types'
import { UnmetCondition } from '../../conversation/unmet-condition'
import type { Page } from '../../conversation/view'
import type { KeyRing } from '../../crypto/keys'
import { UnsupportedError } from '../../errors/input-errors'
import { ReadOnlyError } from '../../errors/sharing-errors'
import { CorruptRecordError, StoreUnavailableError } from '../../errors/storage-errors'
import type { Logger } from '../../observe/log'
import type { StorageCounters } from '../../observe/stats'
import type { Base } from '../base'
import { Catalog } from '../catalog'
import { ChangePlanner, NothingToCommit } from '../change-planner'
import { type CommitRequest, type Committed, Committer } from '../commit'
import { receiptOf } from '../commit-receipt'
import { Compactor } from '../compactor'
import { readPage } from '../conversation-reader'
import type { CommitOutcome, CommitReceipt, ConversationList, ConversationStore } from '../conversation-store'
import { HeadStore } from '../head-store'
import { listVersions, type VersionInfo } from '../history'
import type { ConversationInspection } from '../inspection'
import { Listing } from '../listing'
import type { Network, TransferStats } from '../network'
import { ConversationMoved } from '../place'
import { Repairs } from '../repairs'
import { LazySharing } from '../sharing/lazy-sharing'
import { isSharedId, parseEpochId } from '../sharing/place-ids'
import type { SharingIdentity } from '../sharing/sharing-identity'
import { Whereabouts } from '../sharing/whereabouts'
import { Sweeper } from '../sweeper'
import type { VerificationReport, VerifyOptions } from '../verify/report'
import { type ConversationListener, Watcher } from '../watcher'

/** Looking a share up in the catalog takes at most so long, in ms. */
const FIND_DEADLINE_MS = 30_000
/** For taking a conversation off the list, which makes no version. */
const GIVEN_UP: CommitReceipt = {
  version: 0,
  revision: 0,
  cid: '',
  messageIds: [],
  merged: false,
  ignored: [],
  outcome: 'COMMITTED',
}

export interface S5StoreOptions {
  network: Network
  keyRing: KeyRing
  /** Gives a name that no other running instance has, and never had before. */
  nameInstance(): string
  counters: StorageCounters
  log: Logger
  /** Left out: nothing can be shared. */
  identity?: () => Promise<SharingIdentity>
}

/** Conversations on S5: one registry entry each, naming one head blob. */
export class S5Store implements ConversationStore {
  readonly #network: Network
  readonly #keyRing: KeyRing
  readonly #heads: HeadStore
  readonly #committer: Committer
  readonly #repairs: Repairs
  readonly #compactor: Compactor
  readonly #catalog: Catalog
  readonly #listing: Listing
  readonly #sweeper: Sweeper
  readonly #watcher: Watcher
  readonly #whereabouts: Whereabouts
  readonly sharing: LazySharing | undefined
  readonly #planner = new ChangePlanner()

  constructor({ network, keyRing, nameInstance, counters, log, identity }: S5StoreOptions) {
    this.#network = network
    this.#keyRing = keyRing
    this.#whereabouts = new Whereabouts({
      keyRing,
      network,
      findShare: (id) => this.#findShare(id),
      confirm: (id, epoch, signal) => this.#sharing().confirm(id, epoch, signal),
    })
    const locate = (id: string) => this.#whereabouts.locate(id)
    const isPlainWanted = async (id: string, signal: AbortSignal) =>
      isSharedId(id)
        ? this.#whereabouts.isPlain(id)
        : this.#listing.isPlain(parseEpochId(id)?.id ?? id, signal)
    // Where a conversation was, or is decided upon, the next change reaches every portal.
    const onDisagreement = (id: string) => {
      if (parseEpochId(id) === undefined) this.#repairs.consider(id)
    }
    this.#heads = new HeadStore({ network, locate, counters, log, isPlainWanted, onDisagreement })
    this.#committer = new Committer({ heads: this.#heads, network, nameInstance, counters, log })
    this.#repairs = new Repairs(this.#heads, this.#committer, log)
    this.#compactor = new Compactor(this.#heads, network, this.#committer, log)
    const follow = (id: string, moved: ConversationMoved, signal: AbortSignal) =>
      this.#sharing().follow(id, moved, signal)
    this.#watcher = new Watcher({ heads: this.#heads, follow, counters, log })
    this.#sweeper = new Sweeper(this.#heads, network, log)
    const onCommit = (head: Head) => {
      this.#watcher.notice(head)
      this.#tidy(head)
    }
    const complete = (news: CatalogNews) => this.#whereabouts.complete(news)
    this.#catalog = new Catalog({ committer: this.#committer, heads: this.#heads, log, onCommit, complete })
    this.#listing = new Listing({ catalog: this.#catalog, heads: this.#heads, counters, log })
    const parts = { heads: this.#heads, catalog: this.#catalog, whereabouts: this.#whereabouts }
    const loadSharing = async (share: () => Promise<SharingIdentity>) => {
      const { Sharing } = await import('../sharing/sharing')
      // What moves conversations knows them by names of its own, so it needs a name of its own in their clocks.
      const committer = new Committer({ heads: this.#heads, network, nameInstance, counters, log })
      return new Sharing({ ...parts, committer, keyRing, identity: await share(), network })
    }
    this.sharing = identity && new LazySharing(() => loadSharing(identity))
  }

  async commit(
    id: string,
    changes: readonly ConversationChange[],
    signal: AbortSignal,
  ): Promise<CommitOutcome[]> {
    const place = await this.#heads.open(id)
    if (place.right !== undefined && changes.some(({ kind }) => kind === 'delete'))
      return this.#giveUp(id, changes)
    if (place.right === 'read') throw new ReadOnlyError()
    return this.#following(id, signal, () => this.#commit(id, changes, signal))
  }

  async #commit(
    id: string,
    changes: readonly ConversationChange[],
    signal: AbortSignal,
  ): Promise<CommitOutcome[]> {
    try {
      const committed = await this.#committer.commit(this.#requestOf(id, changes), signal)
      await this.#follow(changes, committed)
      return await Promise.all(
        committed.result.map((outcome) =>
          'applied' in outcome ? toReceipt(outcome, committed) : this.#explain(id, outcome.error, signal),
        ),
      )
    } catch (error) {
      if (!(error instanceof NothingToCommit)) throw error
      return Promise.all(error.errors.map((each) => this.#explain(id, each, signal)))
    }
  }

  async load(id: string, page: Page, signal: AbortSignal): Promise<Conversation | undefined> {
    const conversation = await this.#following(id, signal, async () =>
      readPage(this.#heads, await this.#heads.open(id), page, signal),
    )
    const current = this.#heads.latest(id)
    if (current !== undefined) this.#watcher.notice(current.head)
    if (current?.scheme !== undefined) this.#listing.compare(newsOf(current.head, current.scheme))
    else if (conversation === undefined) await this.#listing.refuseLost(id, signal)
    return conversation
  }

  watch(id: string, listener: ConversationListener): () => void {
    return this.#watcher.watch(id, listener)
  }

  watchList(listener: () => void): () => void {
    return this.#watcher.watch(CATALOG_ID, listener)
  }

  async verify(
    id: string,
    signal: AbortSignal,
    onProgress?: VerifyOptions['onProgress'],
  ): Promise<VerificationReport> {
    await this.#locate(id, signal)
    const { verifyConversation } = await import('../verify/verify-conversation')
    return verifyConversation(this.#heads, this.#network, id, signal, onProgress)
  }

  async inspect(id: string, signal: AbortSignal): Promise<ConversationInspection | undefined> {
    const { inspectConversation } = await import('../inspection')
    return this.#following(id, signal, async () =>
      inspectConversation(this.#heads, this.#network, await this.#heads.open(id), signal),
    )
  }

  async *versions(id: string, signal: AbortSignal): AsyncGenerator<VersionInfo> {
    await this.#locate(id, signal)
    yield* listVersions(this.#heads, await this.#heads.open(id), signal)
  }

  list(page: ListPage, signal: AbortSignal): Promise<ConversationList> {
    return this.#listing.list(page, signal)
  }

  getTransferStats(): TransferStats {
    return this.#network.getStats()
  }

  async close(): Promise<void> {
    this.#watcher.close()
    await Promise.all([this.#compactor.close(), this.#sweeper.close()])
    await this.#catalog.close()
    await this.#repairs.close()
    await this.sharing?.close()
    await this.#network.close()
    this.#heads.forgetAll()
    this.#keyRing.wipe()
  }

  #sharing(): LazySharing {
    if (this.sharing === undefined) throw new UnsupportedError('this store shares nothing')
    return this.sharing
  }

  async #findShare(id: string): Promise<Share | undefined> {
    return (await this.#catalog.find(id, AbortSignal.timeout(FIND_DEADLINE_MS)))?.share
  }

  /** Runs `task` again, elsewhere, as often as the conversation turns out to have moved. */
  async #following<T>(id: string, signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    for (;;) {
      signal.throwIfAborted()
      try {
        return await task()
      } catch (error) {
        if (!(error instanceof ConversationMoved)) throw error
        await this.#sharing().follow(id, error, signal)
      }
    }
  }

  /** Finds out where a conversation is now; what else may be wrong with it is not its business. */
  #locate(id: string, signal: AbortSignal): Promise<void> {
    return this.#following(id, signal, async () => {
      try {
        await this.#heads.read(await this.#heads.open(id), signal)
      } catch (error) {
        if (!(error instanceof CorruptRecordError || error instanceof StoreUnavailableError)) throw error
      }
    })
  }

  /** What somebody else owns is only taken off the list. */
  async #giveUp(id: string, changes: readonly ConversationChange[]): Promise<CommitOutcome[]> {
    await this.#catalog.announce({ id, version: 0, updatedAt: Date.now(), deleted: true })
    this.#whereabouts.leave(id)
    this.#heads.forget(id)
    return changes.map(() => ({ receipt: GIVEN_UP }))
  }

  #requestOf(id: string, changes: readonly ConversationChange[]): CommitRequest<ChangeOutcome[]> {
    return {
      id,
      needs: (base) => this.#planner.segmentsFor(changes, base),
      plan: (base, context) => this.#planner.plan(changes, base, context),
      announce: (next, { scheme }, base) => this.#announce(summarise(next.head, scheme), base),
    }
  }

  async #explain(id: string, error: unknown, signal: AbortSignal): Promise<CommitOutcome> {
    if (!(error instanceof UnmetCondition)) return { error }
    const place = await this.#heads.open(id)
    const base = await this.#heads.read(place, signal)
    if (base === undefined) return { error }
    const current = await this.#heads.withSegments(place, base, base.head.segments, signal)
    return { error: error.explain(current) }
  }

  /** What is deleted is taken off the list before it is acknowledged; other news follow off the critical path. */
  async #follow(changes: readonly ConversationChange[], committed: Committed<unknown>): Promise<void> {
    const { head, scheme } = committed.version
    if (changes.some(({ kind }) => kind === 'delete')) await this.#catalog.announce(newsOf(head, scheme))
    if (!committed.written) return
    this.#watcher.notice(head)
    this.#catalog.refresh(newsOf(head, scheme))
    this.#tidy(head)
  }

  /** A conversation of somebody else is tidied by its owner. */
  #tidy(head: Head): void {
    if (isSharedId(head.id)) return
    this.#compactor.consider(head.id)
    this.#sweeper.consider(head)
  }

  /** A conversation is listed before it exists, and known as plain before it is. */
  async #announce(entry: CatalogEntry, base: Base): Promise<void> {
    if (base.scheme === undefined) await this.#catalog.announce({ ...entry, pending: true })
    else if (base.scheme !== entry.scheme) await this.#catalog.announce(entry)
  }
}

function toReceipt({ applied }: { applied: AppliedChange }, committed: Committed<unknown>): CommitOutcome {
  const { version, merged } = committed
  const { revision, cid, head } = version
  return { receipt: receiptOf(applied, { version: head.version, revision, cid, merged }) }
}
