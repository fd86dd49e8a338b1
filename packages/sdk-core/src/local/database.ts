import Dexie, { type Table } from 'dexie'
import { LocalStoreError, type LocalStoreProblem } from '../errors/local-errors'
import { SDKError } from '../errors/sdk-error'
import { untilAborted } from '../storage/until-aborted'
import { beginNewLog } from './begin-new-log'

/** One conversation. All but its content lies open: what is compared inside a transaction cannot be sealed. */
export interface ConversationRow {
  id: string
  /** +1 for each change of this row or of its messages: what readers and writers in several tabs compare. */
  writes: number
  /** What callers see: with all that waits in the outbox. */
  version: number
  /** The version on the network that this copy holds; 0 for none. */
  synced: number
  /** The highest version that the network is known to have had. */
  seen: number
  /** How often what other devices wrote went into it. */
  rebases: number
  isPlain: boolean
  sealed: SealedBytes
}

/** One message, or the stub of a deleted one. */
export interface MessageRow {
  conversationId: string
  id: string
  /** The count of its conversation's writes that brought it. */
  writes: number
  sealed: SealedBytes
}

/** One commit that the network does not have yet. */
export interface OutboxRow {
  /** Given by the database, in the order of the commits. */
  seq: number
  conversationId: string
  /** Those that it adds, edits or takes away. */
  messageIds: readonly string[]
  /** Of the copy that its version conditions were met on; absent where there was none. */
  rebases?: number
  /** It was put aside once: the copy of this device does not show it. */
  isRetried?: true
  /** ms since 1970. */
  enqueuedAt: number
  sealed: SealedBytes
}

/** One commit that can never succeed as it is. */
export interface ParkedRow extends OutboxRow {
  code: string
  problem: string
  userMessage: string
  /** ms since 1970. */
  parkedAt: number
}

export interface SealedBytes {
  keyId: string
  bytes: Uint8Array<ArrayBuffer>
}

interface SettingRow {
  name: string
  value: unknown
}

export interface DatabaseOptions {
  name: string
  /** @default those of the platform */
  indexedDB?: IDBFactory
  IDBKeyRange?: typeof IDBKeyRange
}

/** How many versions of IndexedDB Dexie counts for one of the schema. */
const NATIVE_VERSIONS = 10
const SCHEMA_VERSION = 2

/** The schema. Each later version gets its own `version(n)` with an `upgrade`; none is ever edited. */
export class LocalDatabase extends Dexie {
  declare readonly conversations: Table<ConversationRow, string>
  declare readonly messages: Table<MessageRow, [string, string]>
  declare readonly outbox: Table<OutboxRow, number, Omit<OutboxRow, 'seq'>>
  declare readonly parked: Table<ParkedRow, number>
  declare readonly settings: Table<SettingRow, string>
  #problem: LocalStoreProblem | undefined
  /** Aborted while an older tab keeps this one from opening. */
  #blocked = new AbortController()

  constructor({ name, indexedDB, IDBKeyRange }: DatabaseOptions) {
    const platform = indexedDB === undefined || IDBKeyRange === undefined ? {} : { indexedDB, IDBKeyRange }
    // What is acknowledged survives a power cut, too.
    super(name, { ...platform, chromeTransactionDurability: 'strict' })
    this.version(1).stores({
      conversations: 'id',
      messages: '[conversationId+id], [conversationId+writes]',
      outbox: '++seq, conversationId, *messageIds',
      settings: 'name',
    })
    this.version(SCHEMA_VERSION).stores({ parked: 'seq, conversationId, *messageIds' })
    this.on('blocked', () => this.#blocked.abort(new LocalStoreError('blocked')))
    this.on('versionchange', (event) => this.#giveWay(event))
    this.on('ready', () => this.#start(), true)
  }

  /**
   * Runs one unit of work. What is refused while an older tab blocks the upgrade does not happen later, either.
   * @throws LocalStoreError for whatever the database says
   */
  async run<T>(task: () => Promise<T>): Promise<T> {
    try {
      if (!this.isOpen()) await this.#opened()
      return await task()
    } catch (error) {
      throw this.#translate(error)
    }
  }

  /** The first query opens the database. */
  async #opened(): Promise<void> {
    const { signal } = this.#blocked
    signal.throwIfAborted()
    await beginNewLog()
    await untilAborted(signal, this.settings.count())
  }

  /** A newer SDK upgrades the database in another tab, or somebody deletes it. */
  #giveWay(event: IDBVersionChangeEvent): boolean {
    const isDeleted = event.newVersion === null
    if (!isDeleted) this.#problem = 'outdated'
    this.close({ disableAutoOpen: !isDeleted })
    return false
  }

  /** Dexie opens what a newer SDK has written; we do not know what its rows say. */
  #start(): void {
    this.#blocked = new AbortController()
    if (this.backendDB().version <= SCHEMA_VERSION * NATIVE_VERSIONS) return
    this.#problem = 'outdated'
    throw new LocalStoreError('outdated')
  }

  #translate(error: unknown): unknown {
    if (error instanceof SDKError) return error
    if (this.#problem !== undefined) return new LocalStoreError(this.#problem, error)
    return new LocalStoreError(problemOf(error), error)
  }
}

const PROBLEMS: Record<string, LocalStoreProblem> = {
  MissingAPIError: 'missing',
  SecurityError: 'missing',
  QuotaExceededError: 'full',
  VersionError: 'outdated',
}

/** Dexie wraps what the browser threw: the word may lie in `inner`, or in the list of a bulk operation. */
function problemOf(error: unknown): LocalStoreProblem {
  const { name, inner, failures } = (error ?? {}) as {
    name?: string
    inner?: unknown
    failures?: readonly unknown[]
  }
  const own = name === undefined ? undefined : PROBLEMS[name]
  if (own !== undefined) return own
  const causes = [inner, failures?.[0]].filter((cause) => cause !== undefined && cause !== error)
  return causes.map(problemOf).find((problem) => problem !== 'failed') ?? 'failed'
}
