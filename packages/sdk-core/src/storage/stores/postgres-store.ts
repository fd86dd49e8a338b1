import { bytesToHex } from '@noble/hashes/utils.js'
import { applyBatch, type ChangeOutcome } from '../../conversation/batch'
import { type ConversationChange, takesAway } from '../../conversation/change'
import type { ListPage } from '../../conversation/listing'
import { messageBody } from '../../conversation/record'
import type { ConversationState } from '../../conversation/state'
import type { Conversation, Scheme } from '../../conversation/types'
import { UnmetCondition } from '../../conversation/unmet-condition'
import { allMessages, type Page, toConversation } from '../../conversation/view'
import type { ConversationKeys, KeyRing } from '../../crypto/keys'
import { InvalidInputError } from '../../errors/input-errors'
import type { CommitOutcome, CommitReceipt, ConversationList, ConversationStore } from '../conversation-store'
import type { VersionInfo } from '../history'
import { LruMap } from '../lru-map'
import type { TransferStats } from '../network'
import { retryWithBackoff } from '../retry'
import { untilAborted } from '../until-aborted'
import type { ConversationListener } from '../watcher'
import { openFields, type RowKeys } from './postgres-codec'
import { isDecidedByReading, isRevisionConflict, translatePostgresError } from './postgres-errors'
import type { PostgresPool } from './postgres-pool'
import {
  FIELD_COLUMNS,
  HEAD_COLUMNS,
  type JoinedRow,
  MESSAGE_COLUMNS,
  type PostgresState,
  toCommit,
  toItem,
  toState,
} from './postgres-rows'
import { PostgresWatcher } from './postgres-watcher'

const MAX_RETRIES = 3
/** Conversations whose scheme and keys are at hand. */
const KNOWN_CONVERSATIONS = 1024

const READ_STATE = `SELECT ${HEAD_COLUMNS}, ${FIELD_COLUMNS}, ${MESSAGE_COLUMNS}
  FROM load_conversation($1, $2, NULL, $4) c LEFT JOIN load_records($1, $2, $3) m ON true ORDER BY m.sequence`
const READ_PAGE = `SELECT ${HEAD_COLUMNS}, ${FIELD_COLUMNS}, ${MESSAGE_COLUMNS}
  FROM load_conversation($1, $2, $5) c LEFT JOIN load_messages($1, $2, $3, $4, $5) m ON true ORDER BY m.sequence`
const LIST = `SELECT id, version, created_at::FLOAT8 AS created_at, message_count, encrypted, sealed, cursor,
  floor(extract(epoch FROM last_modified) * 1000)::FLOAT8 AS updated_at, jsonb_build_object(
    'title', title, 'metadata', metadata, 'removed', '{}'::TEXT[]) AS body FROM load_conversations($1, $2, $3)`
const APPEND = `SELECT version, checksum, outcome FROM append_messages($1, $2, $3::JSONB, $4, $5, $6, $7, $8)`
const COMMIT = 'SELECT version, checksum FROM commit_conversation($1, $2, $3, $4, $5::JSONB)'
const VERSIONS = `SELECT version, checksum, message_count,
  floor(extract(epoch FROM last_modified) * 1000)::FLOAT8 AS updated_at FROM load_versions($1, $2)`

export interface PostgresStoreParts {
  pool: PostgresPool
  /** `null`: the user of the role that is connected. */
  userId: string | null
  keyRing: KeyRing | undefined
  /** What new conversations are unless a call says otherwise. */
  scheme: Scheme
}

/** What a database function made of a batch. */
interface Written {
  version: number
  checksum: string
  outcome: CommitReceipt['outcome']
}

/**
 * Conversations in PostgreSQL: a row for each message, and functions that check and write in one transaction. Several
 * stores on one database are several writers. Calls are repeated on lost connections and lost races.
 */
export class PostgresStore implements ConversationStore {
  readonly #parts: PostgresStoreParts
  readonly #watcher: PostgresWatcher
  readonly #schemes = new LruMap<string, Scheme>(KNOWN_CONVERSATIONS)
  readonly #keys = new LruMap<string, ConversationKeys>(KNOWN_CONVERSATIONS)
  /** The version that each overwrite or deletion was first attempted on. */
  readonly #firstAttempts = new WeakMap<ConversationChange, number>()
  #requests = 0

  constructor(parts: PostgresStoreParts) {
    this.#parts = parts
    this.#watcher = new PostgresWatcher(parts.pool, parts.userId)
  }

  commit(id: string, changes: readonly ConversationChange[], signal: AbortSignal): Promise<CommitOutcome[]> {
    const decided = changes.map((change) => structuredClone(change))
    return this.#retry(signal, async () => {
      const appended = isPlainAppend(changes) ? await this.#append(id, changes, signal) : undefined
      return appended ?? this.#readAndCommit(id, changes, decided, signal)
    })
  }

  async load(id: string, page: Page, signal: AbortSignal): Promise<Conversation | undefined> {
    const { before = null, limit = null, version = null } = page
    const state = await this.#read(READ_PAGE, id, [before, limit, version], signal)
    if (state.scheme === undefined && version !== null) await this.#refuseVersion(id, signal)
    const { head } = state
    if (head.version === 0 || head.deleted === true) return undefined
    return toConversation(state, allMessages(state))
  }

  async list({ limit, cursor }: ListPage, signal: AbortSignal): Promise<ConversationList> {
    const wanted = limit === undefined ? null : limit + 1
    const rows = await this.#query(LIST, [this.#parts.userId, cursor ?? null, wanted], signal)
    const shown = rows.slice(0, limit)
    const items = await Promise.all(shown.map((row) => this.#toSummary(row as unknown as SummaryRow)))
    const last = shown.at(-1)
    return rows.length > shown.length && last !== undefined
      ? { items, cursor: String(last.cursor) }
      : { items }
  }

  async *versions(id: string, signal: AbortSignal): AsyncGenerator<VersionInfo> {
    for (const row of await this.#query(VERSIONS, [this.#parts.userId, id], signal)) {
      const { version, checksum, updated_at, message_count } = row as unknown as VersionRow
      yield {
        version,
        cid: cidOf(checksum),
        updatedAt: updated_at,
        messageCount: message_count,
        kept: true,
      }
    }
  }

  watch(id: string, listener: ConversationListener): () => void {
    return this.#watcher.watch(id, listener)
  }

  /** Queries; bytes are not counted. */
  getTransferStats(): TransferStats {
    return { requests: this.#requests, bytesUp: 0, bytesDown: 0 }
  }

  /** Lets go of keys and listens no more. The pool stays with who made it. */
  async close(): Promise<void> {
    this.#watcher.close()
    this.#keys.clear()
    this.#parts.keyRing?.wipe()
  }

  /** One round trip; `undefined` where the outcome depends on what is stored. */
  async #append(
    id: string,
    changes: readonly ConversationChange[],
    signal: AbortSignal,
  ): Promise<CommitOutcome[] | undefined> {
    const [first] = changes
    const scheme = first?.scheme ?? this.#schemes.get(id) ?? this.#parts.scheme
    const rowKeys = this.#rowKeys(id, scheme)
    const messages = changes.flatMap((change) => change.messages.map(({ message }) => message))
    const items = await Promise.all(
      messages.map((message) => toItem({ id: message.id, version: 0, body: messageBody(message) }, rowKeys)),
    )
    const { key, input } = first?.idempotency ?? {}
    const values = [
      JSON.stringify(items),
      first?.expectedVersion ?? null,
      key === undefined ? null : bytesToHex(key),
      input === undefined ? null : bytesToHex(input),
      scheme !== 'plain',
      first?.session?.epoch ?? null,
    ]
    const written = await this.#write(APPEND, id, values, signal)
    if (written === undefined) return undefined
    this.#schemes.set(id, scheme)
    return changes.map((change) => ({
      receipt: { ...receiptOf(written), messageIds: change.messages.map(({ message }) => message.id) },
    }))
  }

  async #readAndCommit(
    id: string,
    changes: readonly ConversationChange[],
    copies: readonly ConversationChange[],
    signal: AbortSignal,
  ): Promise<CommitOutcome[]> {
    for (let merged = false; ; merged = true) {
      signal.throwIfAborted()
      const base = await this.#readFor(id, copies, signal)
      const decided = copies.map((copy, i) => this.#decided(changes[i] ?? copy, copy, base))
      const { next, outcomes } = applyBatch(base, decided, { now: Date.now(), device: '' })
      const scheme = schemeOf(copies, base) ?? this.#parts.scheme
      const written = hasNothingToWrite(outcomes, scheme, base)
        ? { version: base.head.version, checksum: base.checksum }
        : await this.#commitState(id, base, next, outcomes, scheme, signal)
      if (written !== undefined) return this.#toOutcomes(id, outcomes, { ...written, merged }, signal)
    }
  }

  /** `undefined` where another writer was first. */
  async #commitState(
    id: string,
    base: PostgresState,
    next: ConversationState,
    outcomes: readonly ChangeOutcome[],
    scheme: Scheme,
    signal: AbortSignal,
  ): Promise<Pick<Written, 'version' | 'checksum'> | undefined> {
    const state = await toCommit(base, next, outcomes, this.#rowKeys(id, scheme))
    signal.throwIfAborted()
    const values = [base.head.version, base.checksum, JSON.stringify(state)]
    const written = await this.#write(COMMIT, id, values, signal)
    if (written !== undefined) this.#schemes.set(id, scheme)
    return written
  }

  /** The messages that the changes name, or all where they take away or change the scheme. */
  async #readFor(
    id: string,
    changes: readonly ConversationChange[],
    signal: AbortSignal,
  ): Promise<PostgresState> {
    const keys = changes.flatMap(({ idempotency }) =>
      idempotency === undefined ? [] : [bytesToHex(idempotency.key)],
    )
    const named = changes.some(({ kind }) => kind === 'overwrite') ? null : changes.flatMap(namedIds)
    const state = await this.#read(READ_STATE, id, [named, keys], signal)
    const isRewrite = state.scheme !== undefined && state.scheme !== schemeOf(changes, state)
    return isRewrite && named !== null ? this.#read(READ_STATE, id, [null, keys], signal) : state
  }

  async #read(text: string, id: string, values: unknown[], signal: AbortSignal): Promise<PostgresState> {
    const rows = await this.#query(text, [this.#parts.userId, id, ...values], signal)
    const state = await toState(id, rows as unknown as JoinedRow[], (scheme) => this.#rowKeys(id, scheme))
    if (state.scheme !== undefined) this.#schemes.set(id, state.scheme)
    return state
  }

  /** What takes away and names no version was decided on the one it first met. */
  #decided(
    change: ConversationChange,
    copy: ConversationChange,
    { head }: PostgresState,
  ): ConversationChange {
    if (!takesAway(change) || change.expectedVersion !== undefined) return copy
    const first = this.#firstAttempts.get(change) ?? head.version
    this.#firstAttempts.set(change, first)
    return { ...copy, expectedVersion: first }
  }

  async #toOutcomes(
    id: string,
    outcomes: readonly ChangeOutcome[],
    written: Pick<Written, 'version' | 'checksum'> & { merged: boolean },
    signal: AbortSignal,
  ): Promise<CommitOutcome[]> {
    return Promise.all(
      outcomes.map(async (outcome): Promise<CommitOutcome> => {
        if ('error' in outcome) return { error: await this.#explain(id, outcome.error, signal) }
        const { messageIds, ignored, replayOf } = outcome.applied
        return {
          receipt: {
            ...receiptOf({ ...written, outcome: replayOf === undefined ? 'COMMITTED' : REPLAY }),
            merged: written.merged,
            version: replayOf ?? written.version,
            messageIds,
            ignored,
          },
        }
      }),
    )
  }

  async #explain(id: string, error: unknown, signal: AbortSignal): Promise<unknown> {
    if (!(error instanceof UnmetCondition)) return error
    return error.explain(await this.#read(READ_STATE, id, [null, []], signal))
  }

  async #refuseVersion(id: string, signal: AbortSignal): Promise<void> {
    const { head } = await this.#read(READ_PAGE, id, [null, 0, null], signal)
    if (head.version === 0 || head.deleted === true) return
    throw new InvalidInputError('options.version', 'is not there: listVersions gives those that are')
  }

  async #toSummary(row: SummaryRow): Promise<ConversationList['items'][number]> {
    const { id, version, encrypted, message_count, created_at, updated_at } = row
    const { title } = await openFields(row, this.#rowKeys(id, encrypted ? 'xsalsa20-poly1305' : 'plain'))
    return {
      id,
      ...(title === null ? {} : { title }),
      createdAt: created_at,
      updatedAt: updated_at,
      version,
      messageCount: message_count,
      encrypted,
    }
  }

  #rowKeys(id: string, scheme: Scheme): RowKeys {
    const known = this.#keys.get(id) ?? this.#parts.keyRing?.conversationKeys(id, 0)
    if (known !== undefined) this.#keys.set(id, known)
    return { scheme, keys: known }
  }

  /** `undefined` where the function asks to read first. */
  async #write(
    text: string,
    id: string,
    values: unknown[],
    signal: AbortSignal,
  ): Promise<Written | undefined> {
    const isUndecided = text === APPEND ? isDecidedByReading : isRevisionConflict
    try {
      const [row] = await this.#send(text, [this.#parts.userId, id, ...values], signal)
      return row as unknown as Written
    } catch (error) {
      if (isUndecided(error)) return undefined
      throw signal.aborted ? signal.reason : translatePostgresError(error)
    }
  }

  #query(text: string, values: unknown[], signal: AbortSignal): Promise<Record<string, unknown>[]> {
    return this.#retry(signal, async () => {
      try {
        return await this.#send(text, values, signal)
      } catch (error) {
        throw signal.aborted ? signal.reason : translatePostgresError(error)
      }
    })
  }

  async #send(text: string, values: unknown[], signal: AbortSignal): Promise<Record<string, unknown>[]> {
    signal.throwIfAborted()
    this.#requests += 1
    const { rows } = await untilAborted(signal, this.#parts.pool.query(text, values))
    return rows
  }

  #retry<T>(signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
    return retryWithBackoff(attempt, { maxRetries: MAX_RETRIES, signal })
  }
}

const REPLAY = 'PERSISTENCE_IDEMPOTENT_REPLAY'

interface SummaryRow {
  id: string
  version: number
  encrypted: boolean
  message_count: number
  created_at: number
  updated_at: number
  body: unknown
  sealed: unknown
}

interface VersionRow {
  version: number
  checksum: string
  updated_at: number
  message_count: number
}

/** Appends that stand or fall together, so that one function decides them; a condition or a key belongs to one. */
function isPlainAppend(changes: readonly ConversationChange[]): boolean {
  const isAlone = changes.length === 1
  return changes.every(
    (change) =>
      change.kind === 'append' &&
      change.messages.length > 0 &&
      change.title === undefined &&
      change.createdAt === undefined &&
      change.edits === undefined &&
      change.deletions === undefined &&
      change.session?.begins !== true &&
      change.session?.epoch === changes[0]?.session?.epoch &&
      Object.keys(change.fields).length === 0 &&
      (isAlone ||
        (change.idempotency === undefined &&
          change.expectedVersion === undefined &&
          change.scheme === undefined)),
  )
}

function namedIds({ messages, edits = [], deletions = [] }: ConversationChange): string[] {
  return [...messages.map(({ message }) => message.id), ...edits.map(({ id }) => id), ...deletions]
}

function schemeOf(changes: readonly ConversationChange[], base: PostgresState): Scheme | undefined {
  return changes.find((change) => change.scheme !== undefined)?.scheme ?? base.scheme
}

function hasNothingToWrite(outcomes: readonly ChangeOutcome[], scheme: Scheme, base: PostgresState): boolean {
  const hasEffect = outcomes.some((outcome) => 'applied' in outcome && outcome.applied.replayOf === undefined)
  if (hasEffect) return false
  return scheme === base.scheme || outcomes.every((outcome) => 'error' in outcome)
}

function receiptOf({ version, checksum, outcome }: Written): CommitReceipt {
  return {
    version,
    revision: version,
    cid: cidOf(checksum),
    messageIds: [],
    merged: false,
    ignored: [],
    outcome,
  }
}

/** Not an address on S5, but as good at telling versions apart. */
function cidOf(checksum: string): string {
  return `postgres:${checksum}`
}
