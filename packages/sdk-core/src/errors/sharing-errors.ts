import { SDKError } from './sdk-error'

/** The conversation was shared for reading only. Nothing was sent. */
export class ReadOnlyError extends SDKError {
  override readonly name = 'ReadOnlyError'

  constructor() {
    super('UNSUPPORTED', 'this conversation was shared for reading only', {
      userMessage: 'You can read this conversation, but not write in it.',
    })
  }
}

/** The owner has taken the share back. What was read before stays read. */
export class ShareRevokedError extends SDKError {
  override readonly name = 'ShareRevokedError'

  constructor() {
    super('NOT_AUTHENTICATED', 'the owner has revoked this share', {
      userMessage: 'This conversation is no longer shared with you.',
    })
  }
}
