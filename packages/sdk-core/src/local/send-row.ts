import { type ConversationChange, takesAway } from '../conversation/change'
import { VersionConflictError } from '../errors/conflict-errors'
import { SDKError } from '../errors/sdk-error'
import type { CommitOutcome, ConversationStore } from '../storage/conversation-store'
import { withDeadline } from '../storage/deadline'
import { translateForeignError } from '../storage/foreign-errors'
import type { OpenedRow } from './local-store'

const DEADLINE_MS = 30_000

/** What became of a row on the network. */
export interface SentRow {
  /** The version that holds what could be committed; none where nothing could. */
  version: number | undefined
  /** Whether the network's version was the one that this device knew, and holds nothing else. */
  isPlain: boolean
  /** Whether another device's version came in between a conditional change. */
  isMerged: boolean
  failed: readonly { change: ConversationChange; error: unknown }[]
}

/**
 * Asks the network for exactly what a row holds. A version condition was met when the row was made, and means
 * `expectedVersion` on the network; where that has moved on since, what takes nothing away is united with it.
 * @throws what may pass when it is tried again later: the row stays as it is
 */
export async function sendRow(
  { conversationId, changes }: OpenedRow,
  expectedVersion: number | undefined,
  remote: ConversationStore,
  signal: AbortSignal,
): Promise<SentRow> {
  const commit = (asked: readonly ConversationChange[]) =>
    withDeadline(DEADLINE_MS, signal, (either) => commitOrTranslate(remote, conversationId, asked, either))
  const first = await commit(changes.map((change) => onVersion(change, expectedVersion)))
  const conflicts = changes.filter((change, i) => isReconcilable(change, first[i]))
  const united = conflicts.length === 0 ? [] : await commit(conflicts.map(withoutCondition))
  const outcomes = changes.map((change, i) => united[conflicts.indexOf(change)] ?? first[i])
  return toSent(changes, outcomes, conflicts.length > 0)
}

/** Whether trying again later, without a change, can help. What no one has a word for may pass, too. */
export function mayPass(error: unknown): boolean {
  return !(error instanceof SDKError) || error.retryable || error.code === 'NOT_AUTHENTICATED'
}

async function commitOrTranslate(
  remote: ConversationStore,
  id: string,
  changes: readonly ConversationChange[],
  signal: AbortSignal,
): Promise<CommitOutcome[]> {
  try {
    return await remote.commit(id, changes, signal)
  } catch (error) {
    throw translateForeignError(error)
  }
}

function isReconcilable(change: ConversationChange, outcome: CommitOutcome | undefined): boolean {
  if (outcome === undefined || !('error' in outcome) || takesAway(change)) return false
  return outcome.error instanceof VersionConflictError
}

function onVersion(change: ConversationChange, expectedVersion: number | undefined): ConversationChange {
  if (change.expectedVersion === undefined || expectedVersion === undefined) return change
  return { ...change, expectedVersion }
}

function withoutCondition({ expectedVersion: _, ...change }: ConversationChange): ConversationChange {
  return change
}

function toSent(
  changes: readonly ConversationChange[],
  outcomes: readonly (CommitOutcome | undefined)[],
  isMerged: boolean,
): SentRow {
  const failed = changes.flatMap((change, i) => {
    const outcome = outcomes[i]
    return outcome !== undefined && 'receipt' in outcome ? [] : [{ change, error: outcome?.error }]
  })
  const passing = failed.find(({ error }) => mayPass(error))
  if (passing !== undefined) throw passing.error
  const receipts = outcomes.flatMap((outcome) =>
    outcome !== undefined && 'receipt' in outcome ? [outcome.receipt] : [],
  )
  const isPlain =
    failed.length === 0 && receipts.every(({ merged, ignored }) => !merged && ignored.length === 0)
  const version = receipts.length === 0 ? undefined : Math.max(...receipts.map((receipt) => receipt.version))
  return { version, isPlain, isMerged, failed }
}
