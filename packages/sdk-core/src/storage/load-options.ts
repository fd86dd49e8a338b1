import { isPlainObject } from '../conversation/json-value'
import { optional, parseId, refuseUnknownFields } from '../conversation/message'
import type { Page } from '../conversation/view'
import { InvalidInputError } from '../errors/input-errors'
import { parseSaveOptions } from './save-options'

export interface ReadOptions {
  /** Ends the call. */
  signal?: AbortSignal
}

export interface LoadOptions extends ReadOptions, Page {}

/** @throws InvalidInputError */
export function parseReadOptions(options: unknown): ReadOptions {
  return parseSaveOptions(options, ['signal'])
}

/** @throws InvalidInputError */
export function parseLoadOptions(options: unknown): LoadOptions {
  if (!isPlainObject(options)) throw new InvalidInputError('options', 'must be a plain object')
  refuseUnknownFields(options, ['signal', 'limit', 'before'], 'options')
  return {
    ...parseReadOptions(options.signal === undefined ? {} : { signal: options.signal }),
    ...optional('limit', options.limit, parseLimit),
    ...optional('before', options.before, (value) => parseId(value, 'options.before')),
  }
}

function parseLimit(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value
  throw new InvalidInputError('options.limit', 'must be a whole number from 1')
}
