import { bytesToHex } from '@noble/hashes/utils.js'
import { applyBatch, type ChangeOutcome, hasEffect } from '../../conversation/batch'
import { type ConversationChange, schemeAfter } from '../../conversation/change'
import type { ListPage } from '../../conversation/listing'
import { messageBody } from '../../conversation/record'
import type { ConversationState } from '../../conversation/state'
import type { Conversation, Scheme } from '../../conversation/types'
import { UnmetCondition } from '../../conversation/unmet-condition'
import { allMessages, type Page, toConversation } from '../../conversation/view'
import type { ConversationKeys, KeyRing } from '../../crypto/keys'
import { InvalidInputError } from '../../errors/input-errors'
import type { Logger } from '../../observe/log'
import { receiptOf } from '../commit-receipt'
import type { CommitOutcome, CommitReceipt, ConversationList, ConversationStore } from '../conversation-store'
import { FirstAttempts } from '../first-attempts'
import type { VersionInfo } from '../history'
import { LruMap } from '../lru-map'
import { mapInParallel } from '../map-in-parallel'
import type { TransferStats } from '../network'
import { retryWithBackoff } from '../retry'
import type { ConversationListener } from '../watcher'
import { PostgresCalls, type Written } from './postgres-calls'
import { RECORDS_AT_ONCE, type RowKeys } from './postgres-codec'
import type { PostgresPool } from './postgres-pool'
import { type JoinedRow, type PostgresState, toCommit, toItem, toState, toSummary } from './postgres-rows'
import { PostgresWatcher } from './postgres-watcher'

const MAX_RETRIES = 3
/** Conversations whose scheme and keys are at hand. */
const KNOWN_CONVERSATIONS = 1024
const REPLAY = 'PERSISTENCE_IDEMPOTENT_REPLAY'

export interface PostgresStoreParts {
  pool: PostgresPool
  /** `null`: the user of the role that is connected. */
  userId: string | null
  keyRing: KeyRing | undefined
  /** What new conversations are unless a call says otherwise. */
  scheme: Scheme
  log: Logger
}

/**
 * Conversations in PostgreSQL: a row for each message, and functions that check and write in one transaction. Several
 * stores on one database are several writers. Calls are repeated on lost connections and lost races.
 */
export class PostgresStore implements ConversationStore {
  readonly #calls: PostgresCalls
  readonly #watcher: PostgresWatcher
  readonly #keyRing: KeyRing | undefined
  readonly #defaultScheme: Scheme
  readonly #schemes = new LruMap<string, Scheme>(KNOWN_CONVERSATIONS)
  readonly #keys = new LruMap<string, ConversationKeys>(KNOWN_CONVERSATIONS)
  readonly #firstAttempts = new FirstAttempts()

  constructor({ pool, userId, keyRing, scheme, log }: PostgresStoreParts) {
    this.#calls = new PostgresCalls(pool, userId)
    this.#watcher = new PostgresWatcher(pool, userId, log)
    this.#keyRing = keyRing
    this.#defaultScheme = scheme
  }

  commit(id: string, changes: readonly ConversationChange[], signal: AbortSignal): Promise<CommitOutcome[]> {
    return this.#retry(signal, async () => {
      const appended = isPlainAppend(changes) ? await this.#append(id, changes, signal) : undefined
      return appended ?? this.#readAndCommit(id, changes, signal)
    })
  }

  load(id: string, page: Page, signal: AbortSignal): Promise<Conversation | undefined> {
    return this.#retry(signal, async () => {
      const state = await this.#toState(id, await this.#calls.readPage(id, page, signal))
      if (state.scheme === undefined && page.version !== undefined) await this.#refuseVersion(id, signal)
      const isThere = state.head.version > 0 && state.head.deleted !== true
      return isThere ? toConversation(state, allMessages(state)) : undefined
    })
  }

  list({ limit, cursor }: ListPage, signal: AbortSignal): Promise<ConversationList> {
    return this.#retry(signal, async () => {
      const rows = await this.#calls.list(cursor, limit === undefined ? undefined : limit + 1, signal)
      const shown = rows.slice(0, limit)
      const items = await mapInParallel(shown, RECORDS_AT_ONCE, (row) =>
        toSummary(row, this.#rowKeys(row.id, row.encrypted ? 'xsalsa20-poly1305' : 'plain')),
      )
      const last = shown.at(-1)
      return rows.length > shown.length && last !== undefined ? { items, cursor: last.cursor } : { items }
    })
  }

  async *versions(id: string, signal: AbortSignal): AsyncGenerator<VersionInfo> {
    const rows = await this.#retry(signal, () => this.#calls.versions(id, signal))
    for (const { version, checksum, updated_at, message_count } of rows) {
      yield { version, cid: cidOf(checksum), updatedAt: updated_at, messageCount: message_count, kept: true }
    }
  }

  /** Holds one connection of the pool as long as anything is watched. */
  watch(id: string, listener: ConversationListener): () => void {
    return this.#watcher.watch(id, listener)
  }

  /** Round trips; bytes are not counted. */
  getTransferStats(): TransferStats {
    return { requests: this.#calls.count, bytesUp: 0, bytesDown: 0 }
  }

  /** Lets go of keys and listens no more. The pool stays with who made it. */
  async close(): Promise<void> {
    this.#watcher.close()
    this.#keys.clear()
    this.#keyRing?.wipe()
  }

  /** One round trip; `undefined` where the outcome depends on what is stored. */
  async #append(
    id: string,
    changes: readonly ConversationChange[],
    signal: AbortSignal,
  ): Promise<CommitOutcome[] | undefined> {
    const [first] = changes
    const scheme = first?.scheme ?? this.#schemes.get(id) ?? this.#defaultScheme
    const rowKeys = this.#rowKeys(id, scheme)
    const messages = changes.flatMap((change) => change.messages.map(({ message }) => message))
    const items = await mapInParallel(messages, RECORDS_AT_ONCE, (message) =>
      toItem({ id: message.id, version: 0, body: messageBody(message) }, rowKeys),
    )
    const written = await this.#calls.append(
      id,
      items,
      { ...conditionsOf(first), encrypted: scheme !== 'plain' },
      signal,
    )
    if (written === undefined) return undefined
    this.#schemes.set(id, scheme)
    return changes.map((change) => ({
      receipt: appendReceipt(written, change),
    }))
  }

  async #readAndCommit(
    id: string,
    changes: readonly ConversationChange[],
    signal: AbortSignal,
  ): Promise<CommitOutcome[]> {
    for (let merged = false; ; merged = true) {
      const base = await this.#readFor(id, changes, signal)
      const decided = changes.map((change) => this.#firstAttempts.decide(change, base.head.version))
      const { next, outcomes } = applyBatch(base, decided, { now: Date.now(), device: '' })
      const written = await this.#write(
        id,
        base,
        next,
        outcomes,
        schemeAfter(changes, base.scheme) ?? this.#defaultScheme,
        signal,
      )
      if (written === undefined) continue
      return Promise.all(
        outcomes.map((outcome) =>
          'error' in outcome
            ? this.#explain(id, outcome.error, signal)
            : { receipt: receiptOf(outcome.applied, { ...placeOf(written), merged }) },
        ),
      )
    }
  }

  /** What is current then: the next version, or `base` where there is nothing to write. `undefined` after a lost race. */
  async #write(
    id: string,
    base: PostgresState,
    next: ConversationState,
    outcomes: readonly ChangeOutcome[],
    scheme: Scheme,
    signal: AbortSignal,
  ): Promise<Written | undefined> {
    const current = { version: base.head.version, checksum: base.checksum }
    if (hasNothingToWrite(outcomes, scheme, base)) return { ...current, outcome: REPLAY }
    const state = await toCommit(base, next, outcomes, this.#rowKeys(id, scheme))
    const written = await this.#calls.commit(id, current, state, signal)
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
    const read = async (ids: string[] | null) =>
      this.#toState(id, await this.#calls.readState(id, ids, keys, signal))
    if (changes.some(({ kind }) => kind === 'overwrite')) return read(null)
    const state = await read(changes.flatMap(namedIds))
    return state.scheme === schemeAfter(changes, state.scheme) || state.scheme === undefined
      ? state
      : read(null)
  }

  async #explain(id: string, error: unknown, signal: AbortSignal): Promise<CommitOutcome> {
    if (!(error instanceof UnmetCondition)) return { error }
    const current = await this.#toState(id, await this.#calls.readState(id, null, [], signal))
    return { error: error.explain(current) }
  }

  async #refuseVersion(id: string, signal: AbortSignal): Promise<void> {
    const { head } = await this.#toState(id, await this.#calls.readState(id, [], [], signal))
    if (head.version === 0 || head.deleted === true) return
    throw new InvalidInputError('options.version', 'is not there: listVersions gives those that are')
  }

  async #toState(id: string, rows: readonly JoinedRow[]): Promise<PostgresState> {
    const state = await toState(id, rows, (scheme) => this.#rowKeys(id, scheme))
    if (state.scheme !== undefined) this.#schemes.set(id, state.scheme)
    return state
  }

  #rowKeys(id: string, scheme: Scheme): RowKeys {
    const keys = this.#keys.get(id) ?? this.#keyRing?.conversationKeys(id, 0)
    if (keys !== undefined) this.#keys.set(id, keys)
    return { scheme, keys }
  }

  #retry<T>(signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
    return retryWithBackoff(attempt, { maxRetries: MAX_RETRIES, signal })
  }
}

/** Appends that one function decides together; a key or a condition of its own has only one that is alone. */
function isPlainAppend(changes: readonly ConversationChange[]): boolean {
  return changes.every(
    ({ kind, messages, title, createdAt, fields, session, ...rest }) =>
      kind === 'append' &&
      messages.length > 0 &&
      title === undefined &&
      createdAt === undefined &&
      Object.keys(fields).length === 0 &&
      session?.begins !== true &&
      session?.epoch === changes[0]?.session?.epoch &&
      rest.edits === undefined &&
      rest.deletions === undefined &&
      (changes.length === 1 || !hasOwnCondition(rest)),
  )
}

function hasOwnCondition({ idempotency, expectedVersion, scheme }: Partial<ConversationChange>): boolean {
  return idempotency !== undefined || expectedVersion !== undefined || scheme !== undefined
}

function conditionsOf(change: ConversationChange | undefined) {
  const { key, input } = change?.idempotency ?? {}
  return {
    expectedVersion: change?.expectedVersion,
    key: key && bytesToHex(key),
    input: input && bytesToHex(input),
    sessionEpoch: change?.session?.epoch,
  }
}

function namedIds({ messages, edits = [], deletions = [] }: ConversationChange): string[] {
  return [...messages.map(({ message }) => message.id), ...edits.map(({ id }) => id), ...deletions]
}

function hasNothingToWrite(outcomes: readonly ChangeOutcome[], scheme: Scheme, base: PostgresState): boolean {
  if (outcomes.some(hasEffect)) return false
  return scheme === base.scheme || outcomes.every((outcome) => 'error' in outcome)
}

function appendReceipt(written: Written, { messages }: ConversationChange): CommitReceipt {
  const messageIds = messages.map(({ message }) => message.id)
  return { ...placeOf(written), messageIds, merged: false, ignored: [], outcome: written.outcome }
}

function placeOf({ version, checksum }: Written) {
  return { version, revision: version, cid: cidOf(checksum) }
}

/** Not an address on S5, but as good at telling versions apart. */
function cidOf(checksum: string): string {
  return `postgres:${checksum}`
}
