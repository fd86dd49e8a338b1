import { isPlainObject } from '../conversation/json-value'
import { type ListPage, parseCursor } from '../conversation/listing'
import { optional, parseId, refuseUnknownFields } from '../conversation/message'
import type { Page } from '../conversation/view'
import { InvalidInputError } from '../errors/input-errors'
import { parseSaveOptions } from './save-options'
import type { VerifyOptions } from './verify/report'

/** A read that has no answer after this time fails, in ms. */
export const READ_DEADLINE_MS = 30_000

/** Options of every call that reads. */
export interface ReadOptions {
  /** Ends the call. */
  signal?: AbortSignal
}

/** Options of `loadConversation`. */
export interface LoadOptions extends ReadOptions, Page {
  /**
   * Nothing is remembered of what is loaded: it will not be saved back as a whole. Cheaper for those who read much.
   * @default false
   */
  readOnly?: boolean
}

/** Options of `listConversations`. */
export interface ListOptions extends ReadOptions, ListPage {}

/** @throws InvalidInputError */
export function parseReadOptions(options: unknown): ReadOptions {
  return parseSaveOptions(options, ['signal'])
}

/** The signal of read options, or one that never aborts. @throws InvalidInputError */
export function signalOf(options: unknown): AbortSignal {
  return parseReadOptions(options).signal ?? new AbortController().signal
}

/** @throws InvalidInputError */
export function parseLoadOptions(options: unknown): LoadOptions {
  if (!isPlainObject(options)) throw new InvalidInputError('options', 'must be a plain object')
  refuseUnknownFields(options, ['signal', 'limit', 'before', 'version', 'readOnly'], 'options')
  return {
    ...parseReadOptions(options.signal === undefined ? {} : { signal: options.signal }),
    ...optional('limit', options.limit, (value) => parseCount(value, 'limit')),
    ...optional('version', options.version, (value) => parseCount(value, 'version')),
    ...optional('readOnly', options.readOnly, parseBoolean),
    ...optional('before', options.before, (value) => parseId(value, 'options.before')),
  }
}

/** @throws InvalidInputError */
export function parseVerifyOptions(options: unknown): VerifyOptions {
  if (!isPlainObject(options)) throw new InvalidInputError('options', 'must be a plain object')
  const { onProgress, ...rest } = options
  return { ...parseReadOptions(rest), ...optional('onProgress', onProgress, parseProgressListener) }
}

function parseProgressListener(value: unknown): NonNullable<VerifyOptions['onProgress']> {
  if (typeof value === 'function') return value as NonNullable<VerifyOptions['onProgress']>
  throw new InvalidInputError('options.onProgress', 'must be a function')
}

/** @throws InvalidInputError */
export function parseListOptions(options: unknown): ListOptions {
  if (!isPlainObject(options)) throw new InvalidInputError('options', 'must be a plain object')
  refuseUnknownFields(options, ['signal', 'limit', 'cursor'], 'options')
  return {
    ...parseReadOptions(options.signal === undefined ? {} : { signal: options.signal }),
    ...optional('limit', options.limit, (value) => parseCount(value, 'limit')),
    ...optional('cursor', options.cursor, parseCursorText),
  }
}

function parseCursorText(value: unknown): string {
  if (typeof value !== 'string') throw new InvalidInputError('options.cursor', 'must be a string')
  parseCursor(value)
  return value
}

function parseCount(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value
  throw new InvalidInputError(`options.${name}`, 'must be a whole number from 1')
}

function parseBoolean(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw new InvalidInputError('options.readOnly', 'must be true or false')
}
