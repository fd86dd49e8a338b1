import { applyBatch, type ChangeOutcome, hasEffect } from '../../conversation/batch'
import { type ConversationChange, schemeAfter } from '../../conversation/change'
import { type ListPage, takeListPage } from '../../conversation/listing'
import { createMessageId } from '../../conversation/message-id'
import { advance, type ConversationState, emptyHead } from '../../conversation/state'
import { summarise, toSummary } from '../../conversation/summary'
import type { Conversation } from '../../conversation/types'
import { UnmetCondition } from '../../conversation/unmet-condition'
import { type Page, pageOf, toConversation } from '../../conversation/view'
import { InvalidInputError } from '../../errors/input-errors'
import { receiptOf } from '../commit-receipt'
import type { CommitOutcome, ConversationList, ConversationStore } from '../conversation-store'
import { FirstAttempts } from '../first-attempts'
import type { TransferStats } from '../network'
import type { MemoryBackend } from './memory-backend'

/** What became of a batch on one base. */
interface Attempt {
  base: ConversationState
  outcomes: readonly ChangeOutcome[]
  /** The version after it; the base's where there was nothing to write. */
  version: number
  merged: boolean
}

/**
 * Conversations in memory, with the semantics of the store on S5: several stores on one backend are several
 * writers. Nothing is sealed; the scheme is remembered for the listing. Keeps every record in one tail.
 */
export class MemoryConversationStore implements ConversationStore {
  readonly #backend: MemoryBackend
  readonly #instance: string
  readonly #firstAttempts = new FirstAttempts()

  /** @param instance a name that no other writer on the backend has */
  constructor(backend: MemoryBackend, instance = createMessageId()) {
    this.#backend = backend
    this.#instance = instance
  }

  async commit(
    id: string,
    changes: readonly ConversationChange[],
    signal: AbortSignal,
  ): Promise<CommitOutcome[]> {
    for (let merged = false; ; merged = true) {
      signal.throwIfAborted()
      const current = await this.#backend.read(id)
      const base = current?.state ?? { head: emptyHead(id), sealed: new Map() }
      const context = { now: Date.now(), device: this.#instance }
      // Copies, so that callers keep their objects.
      const decided = changes.map((change) =>
        structuredClone(this.#firstAttempts.decide(change, base.head.version)),
      )
      const { next, outcomes } = applyBatch(base, decided, context)
      const scheme = schemeAfter(changes, current?.scheme) ?? 'xsalsa20-poly1305'
      signal.throwIfAborted()
      if (!outcomes.some(hasEffect) && (isAllWrong(outcomes) || scheme === current?.scheme)) {
        return toOutcomes({ base, outcomes, version: base.head.version, merged })
      }
      const state = advance(base.head, next, [], context, false)
      if (await this.#backend.compareAndSet(id, current, { state, scheme })) {
        return toOutcomes({ base, outcomes, version: state.head.version, merged })
      }
    }
  }

  async load(id: string, page: Page, signal: AbortSignal): Promise<Conversation | undefined> {
    signal.throwIfAborted()
    const current = await this.#backend.read(id)
    if (current === undefined || current.state.head.deleted === true) return undefined
    if (page.version !== undefined && page.version !== current.state.head.version) {
      throw new InvalidInputError('options.version', 'is not there: this store keeps the current one only')
    }
    return toConversation(current.state, pageOf(current.state, page) ?? [])
  }

  async list(page: ListPage, signal: AbortSignal): Promise<ConversationList> {
    signal.throwIfAborted()
    const versions = await this.#backend.readAll()
    const summaries = versions
      .filter(({ state }) => state.head.deleted !== true)
      .map(({ state, scheme }) => toSummary(summarise(state.head, scheme)))
    return takeListPage(summaries, page)
  }

  getTransferStats(): TransferStats {
    return { requests: 0, bytesUp: 0, bytesDown: 0 }
  }

  async close(): Promise<void> {}
}

function isAllWrong(outcomes: readonly ChangeOutcome[]): boolean {
  return outcomes.every((outcome) => 'error' in outcome)
}

function toOutcomes({ base, outcomes, version, merged }: Attempt): CommitOutcome[] {
  return outcomes.map((outcome): CommitOutcome => {
    if ('error' in outcome) {
      const { error } = outcome
      return { error: error instanceof UnmetCondition ? error.explain(base) : error }
    }
    return {
      receipt: receiptOf(outcome.applied, { version, revision: version, cid: `memory:${version}`, merged }),
    }
  })
}
