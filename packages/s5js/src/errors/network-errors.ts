import { S5Error, type S5ErrorOptions } from './s5-error'

/** No usable answer: the network failed, or the portal answered 5xx. Retryable. */
export class PortalUnreachableError extends S5Error {
  override readonly name = 'PortalUnreachableError'

  /** @param where origin and path only: a query may say more than a log should */
  constructor(where: string, reason: string, options: Pick<S5ErrorOptions, 'cause'> = {}) {
    super('UNREACHABLE', `Network error: portal unreachable at ${where} (${reason})`, {
      ...options,
      retryable: true,
    })
  }
}

/** The deadline of the call passed; whether a write landed is unknown. Retryable. */
export class DeadlineExceededError extends S5Error {
  override readonly name = 'DeadlineExceededError'

  constructor(timeoutMs: number) {
    super('TIMEOUT', `Network timeout: no answer within ${timeoutMs} ms`, { retryable: true })
  }
}

const RETRYABLE_STATUSES = new Set([408, 429])

/** The portal understood and said no (4xx). Retryable only for 408 and 429. */
export class PortalRejectedError extends S5Error {
  override readonly name = 'PortalRejectedError'
  readonly status: number

  constructor(where: string, status: number, text: string) {
    super('REJECTED', `Portal answered ${status} at ${where}: ${text}`, {
      retryable: RETRYABLE_STATUSES.has(status),
    })
    this.status = status
  }
}
