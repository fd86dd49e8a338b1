import { applyBatch, type ChangeOutcome, hasEffect } from '../conversation/batch'
import { type ConversationChange, dependsOnAllRecords, schemeAfter } from '../conversation/change'
import type { SegmentRef } from '../conversation/head'
import { type CommitContext, segmentsSince } from '../conversation/state'
import type { Scheme } from '../conversation/types'
import { UnsupportedError } from '../errors/input-errors'
import { StoreUnavailableError } from '../errors/storage-errors'
import type { Base } from './base'
import { type CommitPlan, NeedsFreshRead } from './commit'
import { FirstAttempts } from './first-attempts'
import { isSharedId } from './sharing/place-ids'

/** All changes of a batch were wrong. */
export class NothingToCommit extends Error {
  readonly errors: readonly unknown[]

  constructor(errors: readonly unknown[]) {
    super('no change could be applied')
    this.errors = errors
  }
}

/** What changes come to on top of a base, attempt after attempt. */
export class ChangePlanner {
  readonly #firstAttempts = new FirstAttempts()

  /** Ids that were fresh at a change's first attempt can only lie in segments of later commits. */
  segmentsFor(changes: readonly ConversationChange[], { head, scheme }: Base): readonly SegmentRef[] {
    const isRewritten = changes.some((change) => (change.scheme ?? scheme) !== scheme)
    if (isRewritten || changes.some((change) => dependsOnAllRecords(change, head.receipts.from)))
      return head.segments
    const first = changes.map((change) => this.#firstAttempts.versionOf(change, head.version))
    return segmentsSince(head, Math.min(...first))
  }

  /** @throws NeedsFreshRead, NothingToCommit, and what is refused for all changes together */
  plan(
    changes: readonly ConversationChange[],
    base: Base,
    context: CommitContext,
  ): CommitPlan<ChangeOutcome[]> {
    const decided = changes.map((change) => this.#firstAttempts.decide(change, base.head.version))
    const { next, outcomes } = applyBatch(base, decided, context)
    const errors = outcomes.flatMap((outcome) => ('error' in outcome ? [outcome.error] : []))
    if (errors.length > 0 && !base.isFresh) throw new NeedsFreshRead()
    if (errors.length === outcomes.length) throw new NothingToCommit(errors)
    const scheme = schemeAfter(changes, base.scheme) ?? 'xsalsa20-poly1305'
    refuseForShared(base, scheme)
    return {
      next,
      scheme,
      result: outcomes,
      isReplay: !outcomes.some(hasEffect) && (base.scheme === undefined || scheme === base.scheme),
      isConditional: changes.some(({ expectedVersion }) => expectedVersion !== undefined),
      keepsPrevious: outcomes.some(
        (outcome) => 'applied' in outcome && outcome.applied.delta.keepsPrevious === true,
      ),
    }
  }
}

/** What is shared is not made by whom it is shared with, and stays sealed or plain as everybody knows it. */
function refuseForShared({ head, scheme: stored }: Base, scheme: Scheme): void {
  if (stored === undefined && isSharedId(head.id)) {
    throw new StoreUnavailableError('the shared conversation is not there')
  }
  if (stored !== undefined && stored !== scheme && head.epoch > 0) {
    throw new UnsupportedError('a shared conversation stays sealed or plain')
  }
}
