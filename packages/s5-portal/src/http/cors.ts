import type { MiddlewareHandler } from 'hono'
import type { Counters } from '../stats/counters'
import type { PortalEnv } from './portal-parts'

const PREFLIGHT_HEADERS = {
  'access-control-allow-methods': 'GET, HEAD, POST, DELETE, OPTIONS',
  'access-control-allow-headers': 'authorization, content-type, range',
  'access-control-max-age': '86400',
}
const EXPOSED = 'etag, content-length, content-range'

/**
 * Lets pages of every origin use the portal (Fetch standard, CORS protocol) with the tokens they hold
 * themselves; credentials the browser holds, such as the cookie, are not allowed across origins.
 */
export function allowOtherOrigins(counters: Counters): MiddlewareHandler<PortalEnv> {
  return async (context, next) => {
    if (context.req.method === 'OPTIONS') {
      counters.add('preflights')
      context.res = new Response(null, { status: 204, headers: PREFLIGHT_HEADERS })
    } else {
      await next()
    }
    context.res.headers.append('vary', 'Origin')
    const origin = context.req.header('origin')
    if (origin === undefined) return
    context.res.headers.set('access-control-allow-origin', origin)
    context.res.headers.set('access-control-expose-headers', EXPOSED)
  }
}
