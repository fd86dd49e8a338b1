import { applyBatch, type ChangeOutcome } from '../../conversation/batch'
import { type ConversationChange, dependsOnAllRecords, takesAway } from '../../conversation/change'
import { VersionMismatch } from '../../conversation/changes'
import type { Head, SegmentRef } from '../../conversation/head'
import { cursorAt, type ListPage, parseCursor } from '../../conversation/listing'
import { type CommitContext, segmentsSince } from '../../conversation/state'
import {
  CATALOG_ID,
  type CatalogEntry,
  type CatalogNews,
  newsOf,
  summarise,
  toSummary,
} from '../../conversation/summary'
import type { Conversation, ConversationSummary, Message, Scheme } from '../../conversation/types'
import { allMessages, messagesSince, type Page, toConversation } from '../../conversation/view'
import type { KeyRing } from '../../crypto/keys'
import { VersionConflictError } from '../../errors/conflict-errors'
import { RollbackDetectedError } from '../../errors/storage-errors'
import type { Logger } from '../../observe/log'
import type { StorageCounters } from '../../observe/stats'
import { Catalog } from '../catalog'
import { type CommitPlan, type CommitRequest, type Committed, Committer, NeedsFreshRead } from '../commit'
import { Compactor } from '../compactor'
import { readPage } from '../conversation-reader'
import type { CommitOutcome, ConversationList, ConversationStore } from '../conversation-store'
import { type Base, HeadStore } from '../head-store'
import { listVersions, type VersionInfo } from '../history'
import { mapInParallel } from '../map-in-parallel'
import type { Network, TransferStats } from '../network'
import { Sweeper } from '../sweeper'
import { type ConversationListener, Watcher } from '../watcher'

const READS_AT_ONCE = 16

export interface S5StoreOptions {
  network: Network
  keyRing: KeyRing
  /** Gives a name that no other running instance has, and never had before. */
  nameInstance(): string
  counters: StorageCounters
  log: Logger
}

/** Conversations on S5: one registry entry each, naming one head blob. */
export class S5Store implements ConversationStore {
  readonly #network: Network
  readonly #keyRing: KeyRing
  readonly #counters: StorageCounters
  readonly #log: Logger
  readonly #heads: HeadStore
  readonly #committer: Committer
  readonly #compactor: Compactor
  readonly #catalog: Catalog
  readonly #sweeper: Sweeper
  readonly #watcher: Watcher
  /** The version that each change was first attempted on. */
  readonly #firstAttempts = new WeakMap<ConversationChange, number>()

  constructor({ network, keyRing, nameInstance, counters, log }: S5StoreOptions) {
    this.#network = network
    this.#keyRing = keyRing
    this.#counters = counters
    this.#log = log
    const isPlainWanted = (id: string, signal: AbortSignal) => this.#isListedAsPlain(id, signal)
    this.#heads = new HeadStore({ network, keyRing, counters, log, isPlainWanted })
    this.#committer = new Committer({ heads: this.#heads, network, nameInstance, counters, log })
    this.#compactor = new Compactor(this.#heads, network, this.#committer, log)
    this.#watcher = new Watcher({ heads: this.#heads, counters, log })
    this.#sweeper = new Sweeper(this.#heads, network, log)
    const onCommit = (head: Head) => this.#tidy(head)
    this.#catalog = new Catalog({ committer: this.#committer, heads: this.#heads, log, onCommit })
  }

  async commit(
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
    const conversation = await readPage(this.#heads, await this.#heads.open(id), page, signal)
    const current = this.#heads.latest(id)
    if (current !== undefined) this.#watcher.notice(current.head)
    if (current?.scheme !== undefined) this.#compareWithCatalog(newsOf(current.head, current.scheme))
    else if (conversation === undefined) await this.#refuseLost(id, signal)
    return conversation
  }

  watch(id: string, listener: ConversationListener): () => void {
    return this.#watcher.watch(id, listener)
  }

  async *versions(id: string, signal: AbortSignal): AsyncGenerator<VersionInfo> {
    yield* listVersions(this.#heads, await this.#heads.open(id), signal)
  }

  async list(
    { limit = Number.POSITIVE_INFINITY, cursor }: ListPage,
    signal: AbortSignal,
  ): Promise<ConversationList> {
    const items: ConversationSummary[] = []
    for (let after = cursor === undefined ? undefined : parseCursor(cursor); ; ) {
      const wanted = limit - items.length
      const found = await this.#catalog.entries(
        after === undefined ? { limit: wanted + 1 } : { limit: wanted + 1, after },
        signal,
      )
      const entries = found.slice(0, wanted)
      const existing = await mapInParallel(entries, READS_AT_ONCE, (entry) =>
        entry.pending === true ? this.#confirm(entry, signal) : Promise.resolve(entry),
      )
      items.push(...existing.filter((entry) => entry !== undefined).map(toSummary))
      after = entries.at(-1)
      if (after === undefined || found.length <= wanted) return { items }
      if (items.length === limit) return { items, cursor: cursorAt(after) }
    }
  }

  getTransferStats(): TransferStats {
    return this.#network.getStats()
  }

  async close(): Promise<void> {
    this.#watcher.close()
    await Promise.all([this.#compactor.close(), this.#sweeper.close()])
    await this.#catalog.close()
    this.#heads.forgetAll()
    this.#keyRing.wipe()
    this.#network.close()
  }

  #requestOf(id: string, changes: readonly ConversationChange[]): CommitRequest<ChangeOutcome[]> {
    return {
      id,
      needs: (base) => this.#segmentsFor(changes, base),
      plan: (base, context) => this.#plan(changes, base, context),
      announce: (next, { scheme }, base) => this.#announce(summarise(next.head, scheme), base),
    }
  }

  /** Ids that were fresh at a change's first attempt can only lie in segments of later commits. */
  #segmentsFor(changes: readonly ConversationChange[], { head, scheme }: Base): readonly SegmentRef[] {
    const isRewritten = changes.some((change) => (change.scheme ?? scheme) !== scheme)
    if (isRewritten || changes.some((change) => dependsOnAllRecords(change, head.receipts.from)))
      return head.segments
    return segmentsSince(head, Math.min(...changes.map((change) => this.#firstAttempt(change, head.version))))
  }

  #firstAttempt(change: ConversationChange, version: number): number {
    const first = this.#firstAttempts.get(change)
    if (first === undefined) this.#firstAttempts.set(change, version)
    return first ?? version
  }

  #plan(
    changes: readonly ConversationChange[],
    base: Base,
    context: CommitContext,
  ): CommitPlan<ChangeOutcome[]> {
    const decided = changes.map((change) => this.#decided(change, base))
    const { next, outcomes } = applyBatch(base, decided, context)
    const errors = outcomes.flatMap((outcome) => ('error' in outcome ? [outcome.error] : []))
    if (errors.length > 0 && !base.isFresh) throw new NeedsFreshRead()
    if (errors.length === outcomes.length) throw new NothingToCommit(errors)
    const scheme =
      changes.find((change) => change.scheme !== undefined)?.scheme ?? base.scheme ?? 'xsalsa20-poly1305'
    const isWithoutEffect = outcomes.every(
      (outcome) => 'error' in outcome || outcome.applied.replayOf !== undefined,
    )
    return {
      next,
      scheme,
      result: outcomes,
      isReplay: isWithoutEffect && (base.scheme === undefined || scheme === base.scheme),
      keepsPrevious: outcomes.some(
        (outcome) => 'applied' in outcome && outcome.applied.delta.keepsPrevious === true,
      ),
    }
  }

  /** What takes away and names no version was decided on the one it first met. */
  #decided(change: ConversationChange, { head }: Base): ConversationChange {
    if (!takesAway(change) || change.expectedVersion !== undefined) return change
    return { ...change, expectedVersion: this.#firstAttempt(change, head.version) }
  }

  async #explain(id: string, error: unknown, signal: AbortSignal): Promise<CommitOutcome> {
    if (!(error instanceof VersionMismatch)) return { error }
    const place = await this.#heads.open(id)
    const base = await this.#heads.read(place, signal)
    if (base === undefined) return { error }
    const current = await this.#heads.withSegments(place, base, base.head.segments, signal)
    const { expectedVersion } = error
    const conflict = new VersionConflictError<Conversation, Message>({
      expectedVersion,
      actualVersion: current.head.version,
      theirs: toConversation(current, allMessages(current)),
      missing: messagesSince(current, expectedVersion),
    })
    return { error: conflict }
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

  #tidy(head: Head): void {
    this.#compactor.consider(head.id)
    this.#sweeper.consider(head)
  }

  /** A conversation is listed before it exists, and known as plain before it is. */
  async #announce(entry: CatalogEntry, base: Base): Promise<void> {
    if (base.scheme === undefined) await this.#catalog.announce({ ...entry, pending: true })
    else if (base.scheme !== entry.scheme) await this.#catalog.announce(entry)
  }

  /** The entry of a conversation that was about to be created, if it was. */
  async #confirm(entry: CatalogEntry, signal: AbortSignal): Promise<CatalogEntry | undefined> {
    const base =
      this.#heads.latest(entry.id) ?? (await this.#heads.read(await this.#heads.open(entry.id), signal))
    if (base === undefined) return undefined
    const news = newsOf(base.head, base.scheme ?? entry.scheme)
    this.#catalog.refresh(news)
    return 'deleted' in news ? undefined : news
  }

  #compareWithCatalog(news: CatalogNews): void {
    if (!this.#catalog.compare(news)) return
    this.#counters.rollbacks += 1
    this.#log.warn({ version: news.version }, 'The list knows a later version than the network')
  }

  /** What is listed was acknowledged, and cannot be absent. */
  async #refuseLost(id: string, signal: AbortSignal): Promise<void> {
    const entry = await this.#catalog.find(id, signal)
    if (entry !== undefined && entry.pending !== true) throw new RollbackDetectedError(entry.version)
  }

  async #isListedAsPlain(id: string, signal: AbortSignal): Promise<boolean> {
    if (id === CATALOG_ID) return false
    return (await this.#catalog.find(id, signal))?.scheme === ('plain' satisfies Scheme)
  }
}

/** All changes of a batch were wrong. */
class NothingToCommit extends Error {
  readonly errors: readonly unknown[]

  constructor(errors: readonly unknown[]) {
    super('no change could be applied')
    this.errors = errors
  }
}

function toReceipt(
  { applied }: { applied: Extract<ChangeOutcome, { applied: unknown }>['applied'] },
  { version, merged }: Committed<unknown>,
): CommitOutcome {
  const { messageIds, ignored, replayOf } = applied
  const outcome = replayOf === undefined ? 'COMMITTED' : 'PERSISTENCE_IDEMPOTENT_REPLAY'
  const { revision, cid, head } = version
  return {
    receipt: { messageIds, ignored, merged, revision, cid, version: replayOf ?? head.version, outcome },
  }
}
