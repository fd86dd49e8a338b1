import { InvalidInputError } from '../errors/input-errors'
import type { JsonValue } from './types'

const MAX_DEPTH = 64

/** Replaces lone UTF-16 surrogates by U+FFFD, so that text has exactly one encoding in UTF-8. */
export function toWellFormedText(text: string): string {
  return text.isWellFormed() ? text : text.toWellFormed()
}

/**
 * A deep copy of `value` that holds JSON and nothing else.
 * @throws InvalidInputError for `undefined`, NaN, infinities, functions, class instances, cycles and
 * nesting beyond 64 levels; `path` names the place.
 */
export function parseJsonValue(value: unknown, path: string, depth = 0): JsonValue {
  if (depth > MAX_DEPTH)
    throw new InvalidInputError(path, `nested deeper than ${MAX_DEPTH} levels, or cyclic`)
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'string') return toWellFormedText(value)
  if (typeof value === 'number') return parseNumber(value, path)
  if (Array.isArray(value)) return value.map((item, i) => parseJsonValue(item, `${path}[${i}]`, depth + 1))
  if (isPlainObject(value)) return parseObject(value, path, depth)
  throw new InvalidInputError(path, `${typeof value} is not a JSON value`)
}

/** As {@link parseJsonValue}, for a map of JSON values by name. */
export function parseJsonObject(value: unknown, path: string): Record<string, JsonValue> {
  if (!isPlainObject(value)) throw new InvalidInputError(path, 'must be a plain object')
  return parseObject(value, path, 0)
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function parseNumber(value: number, path: string): number {
  if (!Number.isFinite(value)) throw new InvalidInputError(path, `${value} is not a JSON number`)
  // JSON and DAG-CBOR both write -0 as 0.
  return value === 0 ? 0 : value
}

function parseObject(value: Record<string, unknown>, path: string, depth: number): Record<string, JsonValue> {
  const entries = Object.entries(value).map(([key, item]): [string, JsonValue] => [
    toWellFormedText(key),
    parseJsonValue(item, `${path}.${key}`, depth + 1),
  ])
  return Object.fromEntries(entries)
}
