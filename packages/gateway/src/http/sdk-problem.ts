import {
  InvalidInputError,
  type Logger,
  type Message,
  RollbackDetectedError,
  SDKError,
  type SDKErrorCode,
  StaleSessionError,
  VersionConflictError,
} from '@s5-conversations/sdk-core'
import { messageToWire } from '../wire/messages'
import { HttpProblem, type ProblemMembers } from './problem'

const STALE_MESSAGE = 'Your session is out of date. Please refresh.'
/** What `Retry-After` says, in seconds. */
const RETRY_AFTER_S = '2'

/** All others are failures of the gateway or of what it keeps: 500. */
const STATUS_BY_CODE: Partial<Record<SDKErrorCode, number>> = {
  INVALID_INPUT: 400,
  PERSISTENCE_CONFLICT: 409,
  STALE_SESSION: 409,
  CONVERSATION_DELETED: 410,
  IDEMPOTENCY_KEY_REUSED: 422,
  QUEUE_FULL: 429,
  UNSUPPORTED: 501,
  GENERATION_FAILED: 502,
  REVISION_CONFLICT: 503,
  STORE_UNAVAILABLE: 503,
  LOCK_TIMEOUT: 503,
  // The gateway's own identity was refused by its portals: nothing that a client could sign in again for.
  NOT_AUTHENTICATED: 503,
}

/** The problem that anything thrown comes to. What nobody expected is logged, and told without details. */
export function toProblem(error: unknown, log: Logger): HttpProblem {
  if (error instanceof HttpProblem) return error
  if (!(error instanceof SDKError)) {
    log.warn({ error }, 'A request failed unexpectedly')
    return new HttpProblem(500, 'The gateway could not complete the request')
  }
  const stale = staleOf(error)
  if (stale !== undefined) log.warn(versionsOf(stale), 'Stale session refused')
  const status = STATUS_BY_CODE[error.code] ?? 500
  const members = { code: error.code, ...membersOf(error), ...(stale && staleMembers(stale)) }
  return new HttpProblem(status, detailOf(error), members, headersOf(status))
}

/** A client whose version is not the stored one, in the words of a session. */
function staleOf(error: SDKError): StaleSessionError<Message> | undefined {
  if (error instanceof StaleSessionError) return error as StaleSessionError<Message>
  if (!(error instanceof VersionConflictError)) return undefined
  const { expectedVersion: localVersion, actualVersion: remoteVersion, missing } = error
  return new StaleSessionError({ localVersion, remoteVersion, missing: missing as Message[] })
}

function versionsOf({ localVersion, remoteVersion }: StaleSessionError): Record<string, number> {
  return { local_version: localVersion, remote_version: remoteVersion }
}

function staleMembers(stale: StaleSessionError<Message>): ProblemMembers {
  return {
    detail: stale.message,
    error: 'stale_session',
    message: STALE_MESSAGE,
    ...versionsOf(stale),
    missing: stale.missing.map(messageToWire),
    ...(stale.epoch === undefined ? {} : { epoch: stale.epoch, current_epoch: stale.currentEpoch }),
  }
}

function membersOf(error: SDKError): ProblemMembers {
  if (error instanceof InvalidInputError) return { path: error.path }
  return error instanceof RollbackDetectedError ? { known_version: error.knownVersion } : {}
}

/** What may be shown; of wrong input also what is wrong with it. */
function detailOf(error: SDKError): string {
  const isAboutInput = ['INVALID_INPUT', 'IDEMPOTENCY_KEY_REUSED', 'UNSUPPORTED'].includes(error.code)
  return isAboutInput ? error.message : error.userMessage
}

function headersOf(status: number): Record<string, string> {
  return status === 503 || status === 429 ? { 'retry-after': RETRY_AFTER_S } : {}
}
