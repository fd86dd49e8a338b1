import { SDKError } from './sdk-error'

const TRY_AGAIN = 'Saving is not possible right now. Please try again.'
const DAMAGED = 'This conversation could not be read: its stored data is damaged.'

/** Another writer moved the pointer first, and retrying did not get past it. */
export class RevisionConflictError extends SDKError {
  override readonly name = 'RevisionConflictError'

  constructor(message = 'Revision number too low', cause?: unknown) {
    super('REVISION_CONFLICT', message, { userMessage: TRY_AGAIN, retryable: true, cause })
  }
}

/**
 * No usable answer from the store: not to be mistaken for "absent".
 * `outcome` is `unknown` when a write may have landed all the same; saving again is safe.
 */
export class StoreUnavailableError extends SDKError {
  override readonly name: string = 'StoreUnavailableError'
  readonly outcome: 'not-written' | 'unknown'

  constructor(
    message: string,
    options: { cause?: unknown; outcome?: 'not-written' | 'unknown'; retryable?: boolean } = {},
  ) {
    super('STORE_UNAVAILABLE', message, {
      userMessage: TRY_AGAIN,
      retryable: options.retryable ?? true,
      cause: options.cause,
    })
    this.outcome = options.outcome ?? 'not-written'
  }
}

/** Stored bytes do not match their hash, signature, format or place. Reading again does not help. */
export class CorruptRecordError extends SDKError {
  override readonly name = 'CorruptRecordError'

  constructor(message: string, cause?: unknown) {
    super('CORRUPT_RECORD', message, { userMessage: DAMAGED, cause })
  }
}

/** The bytes are sealed, and this identity's key does not open them. */
export class DecryptionFailedError extends SDKError {
  override readonly name = 'DecryptionFailedError'

  constructor(message: string) {
    super('DECRYPTION_FAILED', message, { userMessage: 'This conversation belongs to another identity.' })
  }
}

/** Written by a newer version of the SDK; nothing was changed. */
export class UnsupportedFormatError extends SDKError {
  override readonly name = 'UnsupportedFormatError'

  constructor(format: unknown) {
    super('UNSUPPORTED_FORMAT', `stored format ${String(format)} is newer than this SDK understands`, {
      userMessage: 'This conversation was saved by a newer version of the app. Please update.',
    })
  }
}

/**
 * The network is behind what it had acknowledged, and this device has nothing to heal it with: a portal lost
 * its data, or holds it back. Another device that has seen the conversation brings it back.
 */
export class RollbackDetectedError extends SDKError {
  override readonly name = 'RollbackDetectedError'
  /** The version that the list of conversations knows of. */
  readonly knownVersion: number

  constructor(knownVersion: number) {
    super('ROLLBACK_DETECTED', `version ${knownVersion} was acknowledged, and is not there any more`, {
      userMessage: 'This conversation is missing from the storage network.',
    })
    this.knownVersion = knownVersion
  }
}

/** The conversation was deleted; a late write does not raise it. */
export class ConversationDeletedError extends SDKError {
  override readonly name = 'ConversationDeletedError'

  constructor(conversationId: string) {
    super('CONVERSATION_DELETED', `conversation ${conversationId} was deleted`, {
      userMessage: 'This conversation was deleted.',
    })
  }
}
