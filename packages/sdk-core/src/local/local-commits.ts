import type { ChangeOutcome } from '../conversation/batch'
import type { AppliedChange } from '../conversation/change'
import { type ConversationChange, takesAway } from '../conversation/change'
import { UnmetCondition } from '../conversation/unmet-condition'
import { randomBytes } from '../crypto/platform'
import { VersionConflictError } from '../errors/conflict-errors'
import { receiptOf } from '../storage/commit-receipt'
import type { CommitOutcome } from '../storage/conversation-store'
import { applyCommit, type LocalCommit } from './local-copy'
import type { LocalStore, Outgoing, ReadCopy } from './local-store'

const KEY_BYTES = 16

export interface LocalCommitsOptions {
  local: LocalStore
  /** Names this tab in what it writes. */
  device: string
  /** Whether there is a network that commits are sent to. */
  isMirrored: boolean
}

/** Commits on this device: the copy and what is to be sent, in one transaction. */
export class LocalCommits {
  readonly #options: LocalCommitsOptions
  readonly #completed = new WeakMap<ConversationChange, ConversationChange>()

  constructor(options: LocalCommitsOptions) {
    this.#options = options
  }

  /** @param start a copy to begin with; one that is not current is read again before anything is refused */
  async commit(
    start: ReadCopy,
    changes: readonly ConversationChange[],
    signal: AbortSignal,
  ): Promise<{ outcomes: CommitOutcome[]; written: boolean }> {
    const { id } = start.state.head
    const { local, device } = this.#options
    let copy = changes.every(needsNoRead) ? start : await local.read(id)
    for (let isCurrent = copy !== start; ; isCurrent = true) {
      signal.throwIfAborted()
      const base = copy
      const asked = changes.map((change) => this.#complete(change, base))
      const commit = applyCommit(base, asked, { now: Date.now(), device })
      const isPlain = commit.effective.length === changes.length
      if (isPlain || isCurrent) {
        if (commit.effective.length === 0) return { outcomes: toOutcomes(commit), written: false }
        if (await this.#write(commit, base)) return { outcomes: toOutcomes(commit), written: true }
      }
      copy = await local.read(id)
    }
  }

  /** `false` where another tab has written meanwhile. */
  async #write({ next, outcomes, effective }: LocalCommit, base: ReadCopy): Promise<boolean> {
    const { local, isMirrored } = this.#options
    const messageIds = outcomes.flatMap((outcome) => ('applied' in outcome ? touched(outcome.applied) : []))
    const outgoing: Outgoing | undefined = isMirrored ? { changes: effective, messageIds } : undefined
    try {
      await local.saveConversationWithVersion(next, base, outgoing)
      return true
    } catch (error) {
      if (error instanceof VersionConflictError) return false
      throw error
    }
  }

  /** All that a replay needs, whenever and wherever it runs: made once, on the copy that the change first meets. */
  #complete(change: ConversationChange, copy: ReadCopy): ConversationChange {
    const known = this.#completed.get(change)
    if (known !== undefined) return known
    const completed = structuredClone({
      ...change,
      ...(change.kind === 'append' && change.ids === 'fresh' ? { absentAt: copy.synced } : {}),
      ...(change.kind === 'append' ? {} : { idempotency: change.idempotency ?? createIdempotency() }),
      ...(takesAway(change) ? { expectedVersion: change.expectedVersion ?? copy.state.head.version } : {}),
    })
    this.#completed.set(change, completed)
    return completed
  }
}

function needsNoRead({ kind, expectedVersion }: ConversationChange): boolean {
  return expectedVersion === undefined && (kind === 'append' || kind === 'save')
}

function touched({ delta }: AppliedChange): string[] {
  return delta.records.map(({ id }) => id)
}

/** Known again by the network should its answer get lost. */
function createIdempotency(): { key: Uint8Array; input: Uint8Array } {
  const key = randomBytes(KEY_BYTES)
  return { key, input: key }
}

function toOutcomes({ next, outcomes }: LocalCommit): CommitOutcome[] {
  const { version } = next.state.head
  const toOutcome = (outcome: ChangeOutcome): CommitOutcome => {
    if ('error' in outcome) {
      const { error } = outcome
      return { error: error instanceof UnmetCondition ? error.explain(next.state) : error }
    }
    const current = { version, revision: version, cid: `local:${version}`, merged: false }
    return { receipt: receiptOf(outcome.applied, current) }
  }
  return outcomes.map(toOutcome)
}
