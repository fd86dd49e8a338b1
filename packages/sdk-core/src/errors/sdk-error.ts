/** Every code an {@link SDKError} can carry. Codes are stable: applications may switch on them. */
export type SDKErrorCode =
  | 'REVISION_CONFLICT'
  | 'PERSISTENCE_CONFLICT'
  | 'STORE_UNAVAILABLE'
  | 'LOCK_TIMEOUT'
  | 'QUEUE_FULL'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'CONVERSATION_DELETED'
  | 'ROLLBACK_DETECTED'
  | 'CORRUPT_RECORD'
  | 'DECRYPTION_FAILED'
  | 'UNSUPPORTED_FORMAT'
  | 'NOT_AUTHENTICATED'
  | 'SIGNATURE_REJECTED'
  | 'SIGNER_NOT_DETERMINISTIC'
  | 'SESSION_STATE'
  | 'STALE_SESSION'
  | 'GENERATION_FAILED'
  | 'INVALID_INPUT'
  | 'UNSUPPORTED'

export interface SDKErrorOptions {
  /** One sentence that may be shown to an end user: no ids, no keys, no content. */
  userMessage: string
  /** Whether the same call may succeed later without a change by the caller. @default false */
  retryable?: boolean
  cause?: unknown
}

/** Published with this package: whoever controls its name controls what is read there. */
const DOCUMENT = 'https://unpkg.com/@s5-conversations/sdk-core/dist/errors.md'

/** The one error class of the SDK. Subclasses exist where a caller decides differently. */
export class SDKError extends Error {
  override readonly name: string = 'SDKError'
  readonly code: SDKErrorCode
  readonly userMessage: string
  readonly retryable: boolean

  constructor(code: SDKErrorCode, message: string, options: SDKErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.userMessage = options.userMessage
    this.retryable = options.retryable ?? false
  }

  /** What happened and what can be done, for developers. Nothing is fetched. */
  get docsUrl(): string {
    return `${DOCUMENT}#${this.code.toLowerCase()}`
  }
}
