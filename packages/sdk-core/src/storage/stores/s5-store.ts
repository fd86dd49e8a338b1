import { applyBatch, type ChangeOutcome } from '../../conversation/batch'
import { type ConversationChange, dependsOnAllRecords } from '../../conversation/change'
import { VersionMismatch } from '../../conversation/changes'
import type { SegmentRef } from '../../conversation/head'
import { type CommitContext, segmentsSince } from '../../conversation/state'
import { type CatalogEntry, summarise } from '../../conversation/summary'
import type { Conversation, ConversationSummary, Message, Scheme } from '../../conversation/types'
import { allMessages, messagesSince, type Page, toConversation } from '../../conversation/view'
import type { KeyRing } from '../../crypto/keys'
import { VersionConflictError } from '../../errors/conflict-errors'
import type { Logger } from '../../observe/log'
import type { StorageCounters } from '../../observe/stats'
import { CATALOG_ID, Catalog } from '../catalog'
import { type CommitPlan, type CommitRequest, type Committed, Committer, NeedsFreshRead } from '../commit'
import { Compactor } from '../compactor'
import { readPage } from '../conversation-reader'
import type { CommitOutcome, ConversationStore } from '../conversation-store'
import { type Base, HeadStore } from '../head-store'
import { mapInParallel } from '../map-in-parallel'
import type { Network, TransferStats } from '../network'
import { Repairs } from '../repairs'

const READS_AT_ONCE = 16
/** A catalog commit that has not landed after this time fails, in ms. */
const CATALOG_DEADLINE_MS = 30_000

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
  readonly #heads: HeadStore
  readonly #committer: Committer
  readonly #repairs: Repairs
  readonly #compactor: Compactor
  readonly #catalog: Catalog
  /** The version that each change was first attempted on. */
  readonly #firstAttempts = new WeakMap<ConversationChange, number>()

  constructor({ network, keyRing, nameInstance, counters, log }: S5StoreOptions) {
    this.#network = network
    this.#keyRing = keyRing
    const isPlainWanted = (id: string, signal: AbortSignal) => this.#isListedAsPlain(id, signal)
    const onDisagreement = (id: string) => this.#repairs.consider(id)
    this.#heads = new HeadStore({ network, keyRing, counters, log, isPlainWanted, onDisagreement })
    this.#committer = new Committer({ heads: this.#heads, network, nameInstance, counters, log })
    this.#repairs = new Repairs(this.#heads, this.#committer, log)
    this.#compactor = new Compactor(this.#heads, network, this.#committer, log)
    this.#catalog = new Catalog(this.#committer, this.#heads, this.#compactor, log, CATALOG_DEADLINE_MS)
  }

  async commit(
    id: string,
    changes: readonly ConversationChange[],
    signal: AbortSignal,
  ): Promise<CommitOutcome[]> {
    try {
      const committed = await this.#committer.commit(this.#requestOf(id, changes), signal)
      if (committed.written) this.#follow(id, committed)
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
    return readPage(this.#heads, await this.#heads.open(id), page, signal)
  }

  async list(signal: AbortSignal): Promise<ConversationSummary[]> {
    const entries = await this.#catalog.entries(signal)
    const existing = await mapInParallel(entries, READS_AT_ONCE, (entry) =>
      entry.pending === true ? this.#confirm(entry, signal) : Promise.resolve(entry),
    )
    return existing
      .filter((entry) => entry !== undefined)
      .sort((a, b) => b.updatedAt - a.updatedAt || (a.id < b.id ? -1 : 1))
      .map(({ scheme, pending: _, ...summary }) => ({ ...summary, encrypted: scheme !== 'plain' }))
  }

  getTransferStats(): TransferStats {
    return this.#network.getStats()
  }

  async close(): Promise<void> {
    await this.#compactor.close()
    await this.#catalog.close()
    await this.#repairs.close()
    await this.#network.close()
    this.#heads.forgetAll()
    this.#keyRing.wipe()
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
      isConditional: changes.some(({ expectedVersion }) => expectedVersion !== undefined),
      keepsPrevious: outcomes.some(
        (outcome) => 'applied' in outcome && outcome.applied.delta.keepsPrevious === true,
      ),
    }
  }

  /** An overwrite that names no version was decided on the one it first met. */
  #decided(change: ConversationChange, { head }: Base): ConversationChange {
    if (change.kind !== 'overwrite' || change.expectedVersion !== undefined) return change
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

  #follow(id: string, { version }: Committed<unknown>): void {
    this.#catalog.refresh(summarise(version.head, version.scheme))
    this.#compactor.consider(id)
  }

  /** A conversation is listed before it exists, and known as plain before it is. */
  async #announce(entry: CatalogEntry, base: Base): Promise<void> {
    if (base.scheme === undefined) await this.#catalog.announce({ ...entry, pending: true })
    else if (base.scheme !== entry.scheme) await this.#catalog.announce(entry)
  }

  /** The summary of a conversation that was about to be created, if it was. */
  async #confirm(entry: CatalogEntry, signal: AbortSignal): Promise<CatalogEntry | undefined> {
    const base =
      this.#heads.latest(entry.id) ?? (await this.#heads.read(await this.#heads.open(entry.id), signal))
    if (base === undefined) return undefined
    const confirmed = summarise(base.head, base.scheme ?? entry.scheme)
    this.#catalog.refresh(confirmed)
    return confirmed
  }

  async #isListedAsPlain(id: string, signal: AbortSignal): Promise<boolean> {
    if (id === CATALOG_ID) return false
    const entries = await this.#catalog.entries(signal)
    return entries.find((entry) => entry.id === id)?.scheme === ('plain' satisfies Scheme)
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
