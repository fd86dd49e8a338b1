import { SDKError } from './sdk-error'

export interface VersionConflictDetails<C, M> {
  expectedVersion: number
  actualVersion: number
  theirs: C
  missing: M[]
}

/**
 * The conversation is not at the version that the caller expected. Nothing was written. `theirs` is what is
 * stored, `missing` the messages that came or changed since `expectedVersion`.
 */
export class VersionConflictError<C = unknown, M = unknown> extends SDKError {
  override readonly name = 'VersionConflictError'
  readonly expectedVersion: number
  readonly actualVersion: number
  readonly theirs: C
  readonly missing: M[]

  constructor({ expectedVersion, actualVersion, theirs, missing }: VersionConflictDetails<C, M>) {
    super(
      'PERSISTENCE_CONFLICT',
      `expected version ${expectedVersion}, but version ${actualVersion} is stored`,
      {
        userMessage: 'Another session made changes. Refresh to get the latest.',
      },
    )
    this.expectedVersion = expectedVersion
    this.actualVersion = actualVersion
    this.theirs = theirs
    this.missing = missing
  }
}

/**
 * A task held a lock longer than its deadline and was abandoned, so that it blocks nobody. Whether what it
 * was doing lands is unknown; doing it again with the same `idempotencyKey` or message ids is safe.
 */
export class LockTimeoutError extends SDKError {
  override readonly name = 'LockTimeoutError'
  readonly outcome = 'unknown'
  readonly deadlineMs: number
  readonly idempotencyKey: string | undefined

  constructor(deadlineMs: number, options: { idempotencyKey?: string | undefined; cause?: unknown } = {}) {
    super('LOCK_TIMEOUT', `no result within ${deadlineMs} ms; the outcome is unknown`, {
      userMessage: 'Saving takes longer than expected. Please check before you try again.',
      retryable: true,
      cause: options.cause,
    })
    this.deadlineMs = deadlineMs
    this.idempotencyKey = options.idempotencyKey
  }
}

/** So many calls wait for the same thing that no more are taken. Nothing was written; try again later. */
export class QueueFullError extends SDKError {
  override readonly name = 'QueueFullError'

  constructor() {
    super('QUEUE_FULL', 'too many calls wait for the same lock', {
      userMessage: 'Please wait for the answers under way, then try again.',
      retryable: true,
    })
  }
}
