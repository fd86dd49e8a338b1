import { SDKError } from './sdk-error'

/** The caller's input cannot be stored as it is; nothing was sent or written. `path` names the offending part. */
export class InvalidInputError extends SDKError {
  override readonly name = 'InvalidInputError'
  readonly path: string

  constructor(path: string, problem: string) {
    super('INVALID_INPUT', `${path}: ${problem}`, {
      userMessage: 'This could not be saved: it is not valid.',
    })
    this.path = path
  }
}

/** A message id or an idempotency key that was used already came again with other input. Nothing was written. */
export class IdempotencyKeyReusedError extends SDKError {
  override readonly name = 'IdempotencyKeyReusedError'

  /** @param what which id or key, in words */
  constructor(what: string) {
    super('IDEMPOTENCY_KEY_REUSED', `${what} was used already with other input`, {
      userMessage: 'A different message was already saved in this place.',
    })
  }
}

/** What was asked for does not exist in this version of the SDK. */
export class UnsupportedError extends SDKError {
  override readonly name = 'UnsupportedError'

  constructor(what: string) {
    super('UNSUPPORTED', what, { userMessage: 'This is not supported.' })
  }
}
