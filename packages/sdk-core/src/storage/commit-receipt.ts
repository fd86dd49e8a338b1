import type { AppliedChange } from '../conversation/change'
import type { CommitReceipt } from './conversation-store'

/** The receipt of a change that is current, or was when it was first made. */
export function receiptOf(
  { messageIds, ignored, replayOf }: AppliedChange,
  current: Pick<CommitReceipt, 'version' | 'revision' | 'cid' | 'merged'>,
): CommitReceipt {
  const outcome = replayOf === undefined ? 'COMMITTED' : 'PERSISTENCE_IDEMPOTENT_REPLAY'
  return { ...current, version: replayOf ?? current.version, messageIds, ignored, outcome }
}
