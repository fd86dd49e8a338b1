import type { SessionCondition } from '../conversation/change'
import { isPlainObject } from '../conversation/json-value'
import { optional, parseId, refuseUnknownFields } from '../conversation/message'
import { InvalidInputError } from '../errors/input-errors'

/** Conditions of a save, and how it is kept. */
export interface SaveOptions {
  /**
   * The version the caller's copy is based on. Another one is stored: `VersionConflictError`. A conversation
   * that does not exist accepts any.
   */
  expectedVersion?: number
  /** Names this call: called again with the same input it gives the first outcome, from any device. */
  idempotencyKey?: string
  /** How long this SDK remembers the whole outcome of a key, in ms. @default 300 000 */
  dedupWindowMs?: number
  /**
   * Takes away what the saved object does not name. Decided on `expectedVersion`, or else on the version last
   * seen by this SDK; the version before is kept.
   */
  overwrite?: boolean
  /**
   * Sealed to the owner, or readable by whoever knows the hash. Left out: as the conversation is stored,
   * sealed for a new one. Given: rewrites a stored conversation of the other scheme in one commit.
   */
  encrypt?: boolean
  /** The session that asks, where the call is made by one: `StaleSessionError` once a later one has begun. */
  session?: SessionCondition
  /** Ends the call; a write under way may still land. */
  signal?: AbortSignal
}

/** Options of calls that can take nothing away. */
export type AppendOptions = Omit<SaveOptions, 'overwrite'>

const NAMES = [
  'expectedVersion',
  'idempotencyKey',
  'dedupWindowMs',
  'overwrite',
  'encrypt',
  'session',
  'signal',
]

/** @throws InvalidInputError for an option that is unknown or of the wrong type: it is never just ignored. */
export function parseSaveOptions(options: unknown, names = NAMES): SaveOptions {
  if (!isPlainObject(options)) throw new InvalidInputError('options', 'must be a plain object')
  refuseUnknownFields(options, names, 'options')
  return {
    ...optional('expectedVersion', options.expectedVersion, (value) => parseCount(value, 'expectedVersion')),
    ...optional('idempotencyKey', options.idempotencyKey, (value) =>
      parseId(value, 'options.idempotencyKey'),
    ),
    ...optional('dedupWindowMs', options.dedupWindowMs, (value) => parseCount(value, 'dedupWindowMs')),
    ...optional('overwrite', options.overwrite, (value) => parseBoolean(value, 'overwrite')),
    ...optional('encrypt', options.encrypt, (value) => parseBoolean(value, 'encrypt')),
    ...optional('session', options.session, parseSession),
    ...optional('signal', options.signal, parseSignal),
  }
}

/** Options of calls that can take nothing away. */
export function parseAppendOptions(options: unknown): SaveOptions {
  return parseSaveOptions(
    options,
    NAMES.filter((name) => name !== 'overwrite'),
  )
}

/** Options of the deletion of a conversation. */
export function parseDeleteOptions(options: unknown): SaveOptions {
  return parseSaveOptions(options, ['expectedVersion', 'signal'])
}

function parseCount(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw new InvalidInputError(`options.${name}`, 'must be a whole number from 0')
}

function parseBoolean(value: unknown, name: string): boolean {
  if (typeof value === 'boolean') return value
  throw new InvalidInputError(`options.${name}`, 'must be true or false')
}

function parseSession(value: unknown): SessionCondition {
  if (!isPlainObject(value)) throw new InvalidInputError('options.session', 'must be a plain object')
  refuseUnknownFields(value, ['epoch', 'begins', 'since'], 'options.session')
  return {
    epoch: parseCount(value.epoch, 'session.epoch'),
    since: parseCount(value.since, 'session.since'),
    ...(value.begins === undefined ? {} : { begins: parseTrue(value.begins, 'session.begins') }),
  }
}

function parseTrue(value: unknown, name: string): true {
  if (value === true) return true
  throw new InvalidInputError(`options.${name}`, 'must be true or left out')
}

function parseSignal(value: unknown): AbortSignal {
  if (value instanceof AbortSignal) return value
  throw new InvalidInputError('options.signal', 'must be an AbortSignal')
}
