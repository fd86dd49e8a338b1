import type { MiddlewareHandler } from 'hono'
import type { ClientGate } from '../limits/client-gate'
import type { Counters } from '../stats/counters'
import type { PortalEnv } from './portal-parts'
import { HttpProblem } from './problem'

/** Answers requests that one client has too many of with 429 (RFC 6585, section 4). */
export function limitRequests(gate: ClientGate, counters: Counters): MiddlewareHandler<PortalEnv> {
  return async (context, next) => {
    const waitMs = gate.request(context.env.incoming.socket.remoteAddress)
    if (waitMs > 0) throw tooMany('Too many requests', waitMs, counters)
    await next()
  }
}

/** @returns a problem that tells the client when to come back. */
export function tooMany(detail: string, waitMs: number, counters: Counters): HttpProblem {
  counters.add('throttled')
  return new HttpProblem(429, detail, { headers: { 'retry-after': `${Math.ceil(waitMs / 1000)}` } })
}
