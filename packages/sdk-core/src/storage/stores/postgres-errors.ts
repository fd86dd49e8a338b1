import { NotAuthenticatedError } from '../../errors/identity-errors'
import { InvalidInputError } from '../../errors/input-errors'
import { CorruptRecordError, RevisionConflictError, StoreUnavailableError } from '../../errors/storage-errors'

/** What the SQL functions say that a writer can only decide after reading, besides a duplicate key. */
const DECIDED_BY_READING = /^(S500[1-578]|23505)$/
/** Another writer was first, serialization failures, deadlocks: nothing was written, and trying again helps. */
const LOST_RACE = /^(S5001|40001|40P01|55P03|23505)$/
const DAMAGED = /^XX00[12]$/
/** Shut down, starting, out of connections, cancelled, or the connection broke. */
const UNREACHABLE = /^(08...|57...|53300)$/
/** Disk or memory full, or a database that takes no writes. */
const TAKES_NO_WRITES = /^(53...|25006)$/
const NO_RIGHTS = /^(42501|28...)$/
const NOT_SET_UP = /^(42P01|42883|3F000|3D000)$/
/** Bytes, JSON or numbers that the database cannot hold. */
const CANNOT_HOLD = /^(22...|54...|23...)$/

/** Whether the answer is one of the SQL functions that asks the writer to read first. */
export function isDecidedByReading(error: unknown): boolean {
  return DECIDED_BY_READING.test(stateOf(error))
}

/** Whether another writer was first. */
export function isRevisionConflict(error: unknown): boolean {
  return stateOf(error) === 'S5001'
}

/**
 * The SDK's word for what `pg` or PGlite threw, by its SQLSTATE; an error without one is a connection that broke.
 * The original is the `cause`.
 */
export function translatePostgresError(error: unknown): Error {
  const state = stateOf(error)
  const message = error instanceof Error ? error.message : String(error)
  if (state === 'S5006') return new InvalidInputError(...refusalOf(error))
  if (LOST_RACE.test(state)) return new RevisionConflictError(message, error)
  if (NO_RIGHTS.test(state)) return new NotAuthenticatedError(`the database refuses: ${message}`, error)
  if (CANNOT_HOLD.test(state)) return new InvalidInputError('messages', 'cannot be kept in the database')
  if (NOT_SET_UP.test(state)) {
    return unavailable('the database is not set up: run migratePostgres', { cause: error, retryable: false })
  }
  if (UNREACHABLE.test(state)) return unavailable('the database is not reachable', { cause: error })
  if (TAKES_NO_WRITES.test(state)) {
    return unavailable(`the database takes no writes: ${message}`, { cause: error, retryable: false })
  }
  if (DAMAGED.test(state)) return new CorruptRecordError('the database is damaged', error)
  if (state !== '')
    return unavailable(`the database failed with ${state}`, { cause: error, retryable: false })
  return unavailable('the connection to the database broke', { cause: error, outcome: 'unknown' })
}

function unavailable(
  message: string,
  options: { cause: unknown; retryable?: boolean; outcome?: 'unknown' },
): StoreUnavailableError {
  return new StoreUnavailableError(message, { outcome: 'not-written', ...options })
}

/** Empty where there is none; `code` of a broken socket (ECONNRESET) is no SQLSTATE. */
function stateOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown }
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && code !== 'EPIPE' ? code : ''
}

function refusalOf(error: unknown): [path: string, problem: string] {
  const { detail } = error as { detail?: unknown }
  const { path, problem } = JSON.parse(String(detail)) as { path: string; problem: string }
  return [path, problem]
}
