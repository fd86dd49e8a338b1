import { SDKError } from './sdk-error'

export interface StaleSessionDetails<M, U> {
  epoch: number
  currentEpoch: number
  missing: M[]
  unsaved?: U[]
}

/**
 * A later session of the same conversation has begun; nothing was written. `missing` are the messages that came
 * or changed since this session last read the conversation, without its own; `unsaved` is what it wanted to say.
 */
export class StaleSessionError<M = unknown, U = unknown> extends SDKError {
  override readonly name = 'StaleSessionError'
  readonly epoch: number
  /** The epoch of the session that took over. */
  readonly currentEpoch: number
  readonly missing: M[]
  readonly unsaved: U[]

  constructor({ epoch, currentEpoch, missing, unsaved = [] }: StaleSessionDetails<M, U>) {
    super('STALE_SESSION', `session epoch ${epoch} was followed by ${currentEpoch}`, {
      userMessage: 'This conversation was continued elsewhere. Refresh to go on.',
    })
    this.epoch = epoch
    this.currentEpoch = currentEpoch
    this.missing = missing
    this.unsaved = unsaved
  }
}

/** The call does not fit what the session is doing, or there is no such session. Nothing was written. */
export class SessionStateError extends SDKError {
  override readonly name = 'SessionStateError'
  readonly sessionId: string

  /** @param problem what is the matter, and what to do about it */
  constructor(sessionId: string, problem: string) {
    super('SESSION_STATE', `session ${sessionId}: ${problem}`, {
      userMessage: 'This session is not open. Please reload and try again.',
    })
    this.sessionId = sessionId
  }
}

/**
 * `generate` threw (see `cause`), gave something other than text, or did not end in time. What was shown is
 * saved, and marked `failed`.
 */
export class GenerationFailedError extends SDKError {
  override readonly name = 'GenerationFailedError'

  constructor(problem: string, cause?: unknown) {
    super('GENERATION_FAILED', problem, {
      userMessage: 'The answer could not be completed. Please try again.',
      retryable: true,
      cause,
    })
  }
}
