import type { AppliedChange, ConversationChange } from './change'
import { applyChange } from './changes'
import { type CommitContext, type ConversationState, fold } from './state'

/** What became of one change of a batch: it was worked in, or it was wrong and left no trace. */
export type ChangeOutcome = { applied: AppliedChange } | { error: unknown }

/** Whether a change changes anything: a replay and one that is wrong do not. */
export function hasEffect(outcome: ChangeOutcome): boolean {
  return 'applied' in outcome && outcome.applied.replayOf === undefined
}

export interface AppliedBatch {
  next: ConversationState
  /** In the order of the changes. */
  outcomes: ChangeOutcome[]
}

/** Works changes into one state, one after another. A change that is wrong fails alone. */
export function applyBatch(
  state: ConversationState,
  changes: readonly ConversationChange[],
  context: CommitContext,
): AppliedBatch {
  let next = state
  const outcomes = changes.map((change): ChangeOutcome => {
    try {
      const applied = applyChange(next, change, context)
      next = fold(next, applied.delta)
      return { applied }
    } catch (error) {
      return { error }
    }
  })
  return { next, outcomes }
}
