import type { ConversationChange } from '../conversation/change'
import { encodeDagCbor } from '../conversation/codec'
import { contentOf } from '../conversation/message'
import { LockTimeoutError } from '../errors/conflict-errors'
import { IdempotencyKeyReusedError } from '../errors/input-errors'
import type { Logger } from '../observe/log'
import type { StorageCounters } from '../observe/stats'
import type { CommitOutcome, CommitReceipt, ConversationStore } from './conversation-store'
import { DedupWindow } from './dedup-window'
import { eitherSignal } from './either-signal'
import { translateForeignError } from './foreign-errors'
import { retryWithBackoff } from './retry'
import { type SaveDraft, toChange } from './save-draft'
import type { SaveOptions } from './save-options'
import type { SeenContent } from './seen-content'

/** Changes that wait are committed together up to this size, in bytes of message content. */
const BATCH_BYTES = 64 * 1024

/** One call that waits for its commit. */
export interface PendingSave {
  readonly draft: SaveDraft
  readonly options: SaveOptions
  readonly bytes: number
  /** Settles when the call is committed, wrong, or given up by its caller. */
  readonly receipt: Promise<CommitReceipt>
  isSettled: boolean
  resolve(receipt: CommitReceipt): void
  reject(error: unknown): void
}

export interface GroupCommitOptions {
  store: ConversationStore
  seen: SeenContent
  counters: StorageCounters
  log: Logger
}

/**
 * Commits together what waits for one conversation's lock. A change with a condition is committed alone, and
 * each caller gets the outcome of its own change only.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions
  readonly #waiting = new Map<string, PendingSave[]>()
  readonly #window = new DedupWindow()

  constructor(options: GroupCommitOptions) {
    this.#options = options
  }

  /** Puts a call into the queue of its conversation. */
  enqueue(draft: SaveDraft, options: SaveOptions): PendingSave {
    const pending = createPending(draft, options)
    const queue = this.#waiting.get(draft.id)
    if (queue === undefined) this.#waiting.set(draft.id, [pending])
    else queue.push(pending)
    return pending
  }

  /**
   * Commits `pending`, unless an earlier commit took it along, together with what waits behind it.
   * Precondition: the caller holds the lock of the conversation.
   */
  async run(pending: PendingSave, signal: AbortSignal, maxRetries: number): Promise<CommitReceipt> {
    if (!pending.isSettled) {
      const batch = this.#takeBatch(pending.draft.id)
      try {
        await this.#commit(pending.draft.id, batch, signal, maxRetries)
      } catch (error) {
        for (const each of batch) this.#fail(each, error)
      }
    }
    return pending.receipt
  }

  /** A call whose lock was lost: it must not wait for a commit that nobody will make. */
  abandon(pending: PendingSave, error: unknown): void {
    this.#remove(pending)
    this.#fail(pending, error)
  }

  async #commit(id: string, batch: PendingSave[], signal: AbortSignal, maxRetries: number): Promise<void> {
    const { seen } = this.#options
    const asked = batch
      .filter((pending) => !this.#answerFromWindow(pending))
      .map((pending) => ({
        pending,
        change: toChange(pending.draft, pending.options, seen),
        forget: seen.remember(pending.draft),
      }))
    if (asked.length === 0) return
    const changes = asked.map(({ change }) => change)
    const outcomes = await this.#commitWithRetries(id, changes, signalOf(batch, signal), maxRetries)
    for (const [i, { pending, forget }] of asked.entries()) {
      const outcome = outcomes[i]
      if (outcome !== undefined && 'receipt' in outcome) {
        this.#succeed(pending, outcome.receipt)
      } else {
        forget()
        pending.reject(outcome?.error)
      }
    }
  }

  #commitWithRetries(
    id: string,
    changes: ConversationChange[],
    signal: AbortSignal,
    maxRetries: number,
  ): Promise<CommitOutcome[]> {
    const { store, counters, log } = this.#options
    const attempt = async () => {
      try {
        return await store.commit(id, changes, signal)
      } catch (error) {
        throw translateForeignError(error)
      }
    }
    return retryWithBackoff(attempt, {
      maxRetries,
      signal,
      onRetry: (error, attempt) => {
        counters.retries += 1
        log.debug({ attempt, error: error.message }, 'Saving again')
      },
    })
  }

  #succeed(pending: PendingSave, receipt: CommitReceipt): void {
    const { counters, seen } = this.#options
    const { draft, options } = pending
    counters.saves += 1
    seen.rememberVersion(draft.id, receipt.version)
    if (options.idempotencyKey !== undefined) {
      this.#window.remember(
        draft.id,
        options.idempotencyKey,
        draft.inputDigest(),
        receipt,
        options.dedupWindowMs,
      )
    }
    pending.resolve(receipt)
  }

  /** What failed as a whole may have landed all the same. */
  #fail(pending: PendingSave, error: unknown): void {
    this.#options.seen.rememberAttempt(pending.draft)
    pending.reject(withKey(error, pending.options.idempotencyKey))
  }

  #answerFromWindow({ draft, options, resolve, reject }: PendingSave): boolean {
    if (options.idempotencyKey === undefined) return false
    const known = this.#window.find(draft.id, options.idempotencyKey)
    if (known === undefined) return false
    if (known.inputDigest === draft.inputDigest()) {
      resolve({ ...known.receipt, outcome: 'PERSISTENCE_IDEMPOTENT_REPLAY' })
    } else {
      reject(new IdempotencyKeyReusedError('this idempotency key'))
    }
    return true
  }

  /** What is committed next: the first that waits, and those behind it as long as they fit and set no condition. */
  #takeBatch(id: string): PendingSave[] {
    const queue = this.#waiting.get(id) ?? []
    const open = queue.filter((pending) => !pending.isSettled)
    let bytes = 0
    const isFull = (pending: PendingSave, index: number) => {
      bytes += pending.bytes
      return index > 0 && (bytes > BATCH_BYTES || mustBeAlone(pending))
    }
    const end = open.findIndex(isFull)
    const first = open[0]
    const size = first !== undefined && mustBeAlone(first) ? 1 : end === -1 ? open.length : end
    const rest = open.slice(size)
    if (rest.length === 0) this.#waiting.delete(id)
    else this.#waiting.set(id, rest)
    return open.slice(0, size)
  }

  #remove(pending: PendingSave): void {
    const rest = (this.#waiting.get(pending.draft.id) ?? []).filter((other) => other !== pending)
    if (rest.length === 0) this.#waiting.delete(pending.draft.id)
    else this.#waiting.set(pending.draft.id, rest)
  }
}

function createPending(draft: SaveDraft, options: SaveOptions): PendingSave {
  let settle: Pick<PendingSave, 'resolve' | 'reject'> = { resolve: () => {}, reject: () => {} }
  const receipt = new Promise<CommitReceipt>((resolve, reject) => {
    settle = { resolve, reject }
  })
  receipt.catch(() => {})
  const abort = () => pending.reject(options.signal?.reason)
  const end = () => {
    pending.isSettled = true
    options.signal?.removeEventListener('abort', abort)
  }
  const pending: PendingSave = {
    draft,
    options,
    bytes: draft.messages.reduce((sum, message) => sum + encodeDagCbor(contentOf(message)).length, 0),
    receipt,
    isSettled: false,
    resolve: (value) => {
      end()
      settle.resolve(value)
    },
    reject: (error) => {
      end()
      settle.reject(error)
    },
  }
  if (options.signal?.aborted === true) abort()
  else options.signal?.addEventListener('abort', abort)
  return pending
}

/** A call that is committed by itself ends with its caller's signal; a batch goes on for the others. */
function signalOf(batch: readonly PendingSave[], signal: AbortSignal): AbortSignal {
  const [only, ...others] = batch
  const own = others.length === 0 ? only?.options.signal : undefined
  return eitherSignal(signal, own)
}

function mustBeAlone({ draft, options }: PendingSave): boolean {
  if (draft.kind === 'delete' || draft.absentAt !== undefined || options.overwrite === true) return true
  return options.expectedVersion !== undefined || options.encrypt !== undefined
}

function withKey(error: unknown, idempotencyKey: string | undefined): unknown {
  if (!(error instanceof LockTimeoutError)) return error
  return new LockTimeoutError(error.deadlineMs, { idempotencyKey, cause: error })
}
