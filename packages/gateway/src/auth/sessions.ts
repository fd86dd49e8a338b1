import { randomUUID } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import { ExpiringSet } from './expiring-set'

export interface SessionsOptions {
  /** At least 32 bytes. */
  secret: Uint8Array
  /** Whom tokens are for: those of other gateways with the same secret are refused. */
  audience: string
  /** How long a session lasts, in ms. */
  lifetimeMs: number
  now: () => number
}

/** Sessions of wallets, as signed tokens (RFC 7519, HS256): nothing is kept but which ones were ended early. */
export class Sessions {
  readonly #options: SessionsOptions
  readonly #ended: ExpiringSet

  constructor(options: SessionsOptions) {
    this.#options = options
    this.#ended = new ExpiringSet(options.now)
  }

  create(address: string): Promise<string> {
    const { secret, audience, lifetimeMs, now } = this.#options
    return new SignJWT()
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(address)
      .setAudience(audience)
      .setJti(randomUUID())
      .setExpirationTime(Math.floor((now() + lifetimeMs) / 1000))
      .sign(secret)
  }

  /** The address that a token was made for; `undefined` where it is forged, expired or ended. */
  async addressOf(token: string): Promise<string | undefined> {
    const claims = await this.#verify(token)
    return claims === undefined || this.#ended.has(claims.id) ? undefined : claims.address
  }

  /** The token opens nothing any more. */
  async end(token: string): Promise<void> {
    const claims = await this.#verify(token)
    if (claims !== undefined) this.#ended.add(claims.id, claims.expiresAt)
  }

  async #verify(token: string): Promise<{ address: string; id: string; expiresAt: number } | undefined> {
    const { secret, audience, now } = this.#options
    try {
      const { payload } = await jwtVerify(token, secret, {
        audience,
        algorithms: ['HS256'],
        requiredClaims: ['sub', 'jti', 'exp'],
        currentDate: new Date(now()),
      })
      const { sub = '', jti = '', exp = 0 } = payload
      return { address: sub, id: jti, expiresAt: exp * 1000 }
    } catch {
      return undefined
    }
  }
}
