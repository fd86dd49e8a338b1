import { isPlainObject } from '../conversation/json-value'
import { refuseUnknownFields } from '../conversation/message'
import { InvalidInputError } from '../errors/input-errors'
import { parseReadOptions, type ReadOptions } from './load-options'

/** Options of `shareConversation`. */
export interface ShareOptions extends ReadOptions {
  /** The recipient's sharing address. */
  to: string
  /** Whether they may write, too. @default false, or as it was */
  write?: boolean
}

/** @throws InvalidInputError */
export function parseShareOptions(
  options: unknown,
  names = ['to', 'write', 'signal'],
): ShareOptions & { write: boolean } {
  if (!isPlainObject(options)) throw new InvalidInputError('options', 'must be a plain object')
  refuseUnknownFields(options, names, 'options')
  const { to, write = false, signal } = options
  if (typeof to !== 'string') throw new InvalidInputError('options.to', 'must be a sharing address')
  if (typeof write !== 'boolean') throw new InvalidInputError('options.write', 'must be true or false')
  return { to, write, ...parseReadOptions(signal === undefined ? {} : { signal }) }
}
