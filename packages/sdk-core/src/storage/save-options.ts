import { isPlainObject } from '../conversation/json-value'
import { optional, refuseUnknownFields } from '../conversation/message'
import { InvalidInputError } from '../errors/input-errors'

/** @throws InvalidInputError for an option that is unknown or of the wrong type: it is never just ignored. */
export function parseSaveOptions(options: unknown): { encrypt?: boolean; signal?: AbortSignal } {
  if (!isPlainObject(options)) throw new InvalidInputError('options', 'must be a plain object')
  refuseUnknownFields(options, ['encrypt', 'signal'], 'options')
  return {
    ...optional('encrypt', options.encrypt, (value) => {
      if (typeof value !== 'boolean') throw new InvalidInputError('options.encrypt', 'must be true or false')
      return value
    }),
    ...optional('signal', options.signal, (value) => {
      if (!(value instanceof AbortSignal))
        throw new InvalidInputError('options.signal', 'must be an AbortSignal')
      return value
    }),
  }
}
