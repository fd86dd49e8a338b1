/** The decision a caller can take, one code for each. */
export type S5ErrorCode =
  | 'ABSENT'
  | 'ACCOUNT_EXISTS'
  | 'CLOSED'
  | 'CORRUPT'
  | 'INVALID_INPUT'
  | 'INVALID_SEED_PHRASE'
  | 'NOT_AUTHENTICATED'
  | 'NO_PORTALS'
  | 'REJECTED'
  | 'REVISION_CONFLICT'
  | 'STORE_FAILED'
  | 'TIMEOUT'
  | 'UNREACHABLE'
  | 'UNSUPPORTED'

export interface S5ErrorOptions {
  /** Whether the same call may succeed later without any change. @default false */
  retryable?: boolean
  cause?: unknown
}

/**
 * Base of every error this client throws, except the reason of the caller's own abort signal.
 * Messages, fields and causes never hold phrases, seeds, tokens or invite codes.
 */
export class S5Error extends Error {
  override readonly name: string = 'S5Error'
  readonly code: S5ErrorCode
  readonly retryable: boolean

  constructor(code: S5ErrorCode, message: string, options: S5ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryable = options.retryable ?? false
  }
}
