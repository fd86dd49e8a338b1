import { applyChange, type ConversationChange } from '../../conversation/changes'
import { type CatalogEntry, summarise } from '../../conversation/summary'
import type { Conversation, ConversationSummary, Scheme } from '../../conversation/types'
import { toConversation } from '../../conversation/view'
import type { KeyRing } from '../../crypto/keys'
import type { Logger } from '../../observe/log'
import type { StorageCounters } from '../../observe/stats'
import { CATALOG_ID, Catalog } from '../catalog'
import { type CommitPlan, type Committed, Committer } from '../commit'
import type { CommitReceipt, ConversationStore } from '../conversation-store'
import { type Base, HeadStore } from '../head-store'
import { mapInParallel } from '../map-in-parallel'
import type { Network, TransferStats } from '../network'

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

type ChangePlan = CommitPlan<{ messageIds: string[]; ignored: string[] }>

/** Conversations on S5: one registry entry each, naming one head blob. */
export class S5Store implements ConversationStore {
  readonly #network: Network
  readonly #keyRing: KeyRing
  readonly #heads: HeadStore
  readonly #committer: Committer
  readonly #catalog: Catalog

  constructor({ network, keyRing, nameInstance, counters, log }: S5StoreOptions) {
    this.#network = network
    this.#keyRing = keyRing
    const isPlainWanted = (id: string, signal: AbortSignal) => this.#isListedAsPlain(id, signal)
    this.#heads = new HeadStore({ network, keyRing, counters, log, isPlainWanted })
    this.#committer = new Committer({ heads: this.#heads, network, nameInstance, counters, log })
    this.#catalog = new Catalog(this.#committer, this.#heads, log, CATALOG_DEADLINE_MS)
  }

  async commit(id: string, change: ConversationChange, signal: AbortSignal): Promise<CommitReceipt> {
    const committed = await this.#committer.commit(
      {
        id,
        plan: (base, context): ChangePlan => {
          const { delta, messageIds, ignored } = applyChange(base, change, context)
          const scheme = change.scheme ?? base.scheme ?? 'xsalsa20-poly1305'
          const isReplay = change.isAppend && delta.records.length === 0 && scheme === base.scheme
          return { delta, scheme, isReplay, result: { messageIds, ignored } }
        },
        announce: (next, { scheme }, base) => this.#announce(summarise(next, scheme), base),
      },
      signal,
    )
    if (committed.written) this.#catalog.refresh(summarise(committed.version, committed.version.scheme))
    return toReceipt(committed)
  }

  async load(id: string, signal: AbortSignal): Promise<Conversation | undefined> {
    const base = await this.#heads.read(await this.#heads.open(id), signal)
    return base === undefined || base.head.deleted === true ? undefined : toConversation(base)
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
    await this.#catalog.close()
    this.#heads.forgetAll()
    this.#keyRing.wipe()
    this.#network.close()
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
    const confirmed = summarise(base, base.scheme ?? entry.scheme)
    this.#catalog.refresh(confirmed)
    return confirmed
  }

  async #isListedAsPlain(id: string, signal: AbortSignal): Promise<boolean> {
    if (id === CATALOG_ID) return false
    const entries = await this.#catalog.entries(signal)
    return entries.find((entry) => entry.id === id)?.scheme === ('plain' satisfies Scheme)
  }
}

function toReceipt(committed: Committed<ChangePlan['result']>): CommitReceipt {
  const { version, result, merged, written } = committed
  return {
    ...result,
    merged,
    version: version.head.version,
    revision: version.revision,
    cid: version.cid,
    outcome: written ? 'COMMITTED' : 'PERSISTENCE_IDEMPOTENT_REPLAY',
  }
}
