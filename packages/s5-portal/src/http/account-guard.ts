import { getCookie } from 'hono/cookie'
import { isOneOf } from '../crypto/secrets'
import type { PortalContext, PortalParts } from './portal-parts'
import { HttpProblem } from './problem'

/** The cookie in which browsers may carry their token. */
export const TOKEN_COOKIE = 's5-auth-token'

const BEARER = /^Bearer +(\S+)$/i

/**
 * @returns the public key of the account whose token the request carries, as bearer token (RFC 6750) or
 * cookie; never in the URL, which ends up in logs.
 * @throws HttpProblem 401
 */
export function requireAccount(context: PortalContext, { accounts }: PortalParts): Uint8Array {
  const token = bearerToken(context) ?? getCookie(context, TOKEN_COOKIE)
  const account = token === undefined ? undefined : accounts.authenticate(token)
  if (account === undefined) throw unauthorized('A valid auth token is needed')
  return account
}

/** @throws HttpProblem 401 when the portal has invite codes and the request does not carry one of them. */
export function requireInvitation(context: PortalContext, { inviteCodes }: PortalParts): void {
  const isInvited = inviteCodes.length === 0 || isOneOf(inviteCodes, bearerToken(context) ?? '')
  if (!isInvited) throw unauthorized('An invite code is needed to register on this portal')
}

/** @returns a problem that tells the client to come back with a token. */
export function unauthorized(detail: string): HttpProblem {
  return new HttpProblem(401, detail, { headers: { 'www-authenticate': 'Bearer' } })
}

function bearerToken(context: PortalContext): string | undefined {
  return BEARER.exec(context.req.header('authorization') ?? '')?.[1]
}
