import { SDKError } from './sdk-error'

/** The identity or its portal account does not allow the call. */
export class NotAuthenticatedError extends SDKError {
  override readonly name = 'NotAuthenticatedError'

  constructor(message: string, cause?: unknown) {
    super('NOT_AUTHENTICATED', message, { userMessage: 'Please sign in again.', cause })
  }
}

/** The SDK instance was closed; create a new one. */
export class ClosedError extends SDKError {
  override readonly name = 'ClosedError'

  constructor() {
    super('SESSION_STATE', 'this SDK instance is closed', { userMessage: 'Please reload and try again.' })
  }
}
