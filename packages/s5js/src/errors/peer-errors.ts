import { S5Error, type S5ErrorOptions } from './s5-error'

/** A peer could not be reached, was refused in the handshake, or hung up. Retryable. */
export class PeerUnreachableError extends S5Error {
  override readonly name = 'PeerUnreachableError'

  /** @param host host and port only: a URI may say more than a log should */
  constructor(host: string, reason: string, options: Pick<S5ErrorOptions, 'cause'> = {}) {
    super('UNREACHABLE', `Network error: peer unreachable at ${host} (${reason})`, {
      ...options,
      retryable: true,
    })
  }
}

/** There is no portal, and no peer is connected: nothing was sent. Retryable. */
export class NotConnectedError extends S5Error {
  override readonly name = 'NotConnectedError'

  constructor() {
    super('UNREACHABLE', 'Network error: no connection to any peer, nothing was sent', { retryable: true })
  }
}

/** No peer finished the handshake in time. Retryable. */
export class NoPeerAnsweredError extends S5Error {
  override readonly name = 'NoPeerAnsweredError'
  /** Host and port of each peer that was tried. */
  readonly hosts: readonly string[]

  constructor(hosts: readonly string[], timeoutMs: number, options: Pick<S5ErrorOptions, 'cause'> = {}) {
    super('TIMEOUT', `Network timeout: no peer answered within ${timeoutMs} ms (${hosts.join(', ')})`, {
      ...options,
      retryable: true,
    })
    this.hosts = hosts
  }
}

/** `reconnect` found no peer in time; dialling goes on in the background. Retryable. */
export class ReconnectionTimeoutError extends S5Error {
  override readonly name = 'ReconnectionTimeoutError'

  constructor() {
    // The words of the upstream client, which applications look for.
    super('TIMEOUT', 'Reconnection timeout: failed to connect within 10 seconds', { retryable: true })
  }
}
