import type { KeyPairEd25519 } from '../crypto/key-pair'
import { ClosedError } from '../errors/caller-errors'
import type { Call } from '../http/call-options'
import type { PortalAnswer } from '../http/portal-answer'
import { type HttpTransport, type PortalRequest, requireToken } from '../http/transport'
import { untilAborted, withDeadline } from '../http/with-deadline'
import type { Portal } from './portal'

/** How a session gets a new token; a token that was given from outside cannot be renewed. */
export interface SessionRenewal {
  keyPair: KeyPairEd25519
  logIn(call: Call): Promise<string>
}

const UNAUTHORIZED = 401

/** A portal that knows us: holds the token, and renews it once for a request that is refused. */
export class PortalSession {
  readonly portal: Portal
  readonly #renewal: SessionRenewal | undefined
  #token: string | undefined
  #renewing: Promise<void> | undefined

  constructor(portal: Portal, token: string, renewal?: SessionRenewal) {
    this.portal = portal
    this.#token = requireToken(token)
    this.#renewal = renewal
  }

  async send(transport: HttpTransport, request: PortalRequest, call: Call): Promise<PortalAnswer> {
    const token = this.#openToken()
    const answer = await transport.send(this.portal, { ...request, token }, call)
    if (answer.status !== UNAUTHORIZED || this.#renewal === undefined) return answer
    await answer.discard()
    await this.#renew(token, this.#renewal, call)
    return transport.send(this.portal, { ...request, token: this.#openToken() }, call)
  }

  /** Forgets the token and wipes the account key. */
  close(): void {
    this.#token = undefined
    this.#renewal?.keyPair.privKey.wipe()
  }

  // Requests that are refused at the same time share one log-in, which outlives an abort of any of them.
  async #renew(refused: string, renewal: SessionRenewal, call: Call): Promise<void> {
    if (refused !== this.#token) return
    this.#renewing ??= withDeadline({}, call.timeoutMs, renewal.logIn)
      .then((token) => {
        if (this.#token !== undefined) this.#token = token
      })
      .finally(() => {
        this.#renewing = undefined
      })
    await untilAborted(this.#renewing, call.signal)
  }

  #openToken(): string {
    if (this.#token === undefined) throw new ClosedError('A closed portal session')
    return this.#token
  }
}
