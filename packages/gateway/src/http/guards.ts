import { getConnInfo } from '@hono/node-server/conninfo'
import type { MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import { cors } from 'hono/cors'
import type { GatewayConfig } from '../gateway-options'
import type { GatewayContext, GatewayEnv, GatewayParts } from '../gateway-parts'
import { OwnerStorage } from '../owner-storage'
import { HttpProblem } from './problem'

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS']

type Guard = MiddlewareHandler<GatewayEnv>

/** Pages of the allowed origins may call, with their cookies; no others. */
export function allowOrigins({ allowedOrigins }: GatewayConfig): Guard {
  return cors({
    origin: (origin) => (allowedOrigins.includes(origin) ? origin : null),
    credentials: true,
    allowMethods: ['GET', 'PUT', 'POST', 'DELETE'],
    allowHeaders: ['content-type', 'if-match', 'if-none-match', 'idempotency-key', 'last-event-id'],
    exposeHeaders: ['etag', 'location', 'retry-after'],
  })
}

/** Answers say nothing but themselves: not to be kept, framed, sniffed or run. */
export const secureHeaders: Guard = async (context, next) => {
  await next()
  const { headers } = context.res
  headers.set('cache-control', 'no-store')
  headers.set('content-security-policy', "default-src 'none'; frame-ancestors 'none'")
  headers.set('referrer-policy', 'no-referrer')
  headers.set('x-content-type-options', 'nosniff')
}

/** @throws HttpProblem 429 */
export function limitRate({ rateLimit }: GatewayParts): Guard {
  return async (context, next) => {
    if (!rateLimit.take(clientOf(context))) {
      throw new HttpProblem(429, 'Too many requests', {}, { 'retry-after': '1' })
    }
    await next()
  }
}

/**
 * Lets in who has signed in, each to their own conversations.
 * @throws HttpProblem 401, and 403 where another site makes the browser ask
 */
export function requireOwner({ sessions, config }: GatewayParts): Guard {
  return async (context, next) => {
    refuseForeignSite(context, config)
    const owner = await sessions.addressOf(getCookie(context, cookieName(config)) ?? '')
    if (owner === undefined) throw new HttpProblem(401, 'Please sign in', { code: 'NOT_AUTHENTICATED' })
    context.set('owner', owner)
    context.set('storage', new OwnerStorage(config.sdk.storage, owner))
    await next()
  }
}

/** A `__Host-` cookie cannot be set by another host; it needs https. */
export function cookieName({ publicUrl }: GatewayConfig): string {
  return publicUrl.protocol === 'https:' ? '__Host-s5-session' : 's5-session'
}

/** Browsers name the site whose page asks in whatever changes something; programs name none. @throws HttpProblem 403 */
export function refuseForeignSite(
  context: GatewayContext,
  { publicUrl, allowedOrigins }: GatewayConfig,
): void {
  if (SAFE_METHODS.includes(context.req.method)) return
  const origin = context.req.header('origin')
  const isForeign =
    origin === undefined
      ? context.req.header('sec-fetch-site') === 'cross-site'
      : origin !== publicUrl.origin && !allowedOrigins.includes(origin)
  if (isForeign) throw new HttpProblem(403, 'Pages of this origin may not use the gateway')
}

/** The address of the client; in servers that do not tell it all clients are one. */
function clientOf(context: GatewayContext): string {
  try {
    return getConnInfo(context).remote.address ?? ''
  } catch {
    return ''
  }
}
