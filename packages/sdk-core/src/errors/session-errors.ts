import { SDKError } from './sdk-error'

export interface StaleSessionDetails<M, U> {
  localVersion: number
  remoteVersion: number
  epoch?: number | undefined
  currentEpoch?: number | undefined
  missing: M[]
  unsaved?: U[]
}

/**
 * Somebody else went on with the conversation since this session read it; nothing was written. `missing` are the
 * messages that came or changed since, without the session's own; `unsaved` is what it wanted to say.
 */
export class StaleSessionError<M = unknown, U = unknown> extends SDKError {
  override readonly name = 'StaleSessionError'
  /** The version that the session has read. */
  readonly localVersion: number
  /** The version that is stored. */
  readonly remoteVersion: number
  /** Where a later session took over: the epoch of the one that was refused. */
  readonly epoch: number | undefined
  /** Where a later session took over: its epoch. */
  readonly currentEpoch: number | undefined
  readonly missing: M[]
  readonly unsaved: U[]

  constructor(details: StaleSessionDetails<M, U>) {
    const { localVersion, remoteVersion, epoch, currentEpoch, missing, unsaved = [] } = details
    super('STALE_SESSION', `Stale session: local version ${localVersion}, remote version ${remoteVersion}`, {
      userMessage: 'This conversation was continued elsewhere. Refresh to go on.',
    })
    this.localVersion = localVersion
    this.remoteVersion = remoteVersion
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
 * `generate` or a tool threw (see `cause`), `generate` gave something other than text, or did not end in time. In a
 * session what was shown is saved, and marked `failed`; in a turn of the engine nothing is.
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
