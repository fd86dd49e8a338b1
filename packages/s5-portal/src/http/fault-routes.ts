import { findWrongFault } from '../faults/fault-plan'
import type { Faults } from '../faults/faults'
import { isLoopback } from '../limits/client-limits'
import type { RouteName } from '../stats/counters'
import { readJsonObject } from './json-body'
import type { PortalContext, PortalParts } from './portal-parts'
import { errorResponse, HttpProblem } from './problem'

type Route = (context: PortalContext, parts: PortalParts) => Promise<Response> | Response

/** `GET /faults`: the plan that is in force. */
export async function getFaults(context: PortalContext, parts: PortalParts): Promise<Response> {
  return context.json(requireFaults(context, parts).get())
}

/** `POST /faults`: puts a plan in its place. */
export async function setFaults(context: PortalContext, parts: PortalParts): Promise<Response> {
  const faults = requireFaults(context, parts)
  const plan = await readJsonObject(context.env.incoming)
  const wrong = findWrongFault(plan)
  if (wrong !== undefined) throw new HttpProblem(400, `${wrong} is not a fault, or not a value for it`)
  await faults.set(plan)
  return context.json(faults.get())
}

/** `DELETE /faults`: lets everything be well again. */
export async function clearFaults(context: PortalContext, parts: PortalParts): Promise<Response> {
  await requireFaults(context, parts).clear()
  return context.body(null, 204)
}

/** Answers by `route`, unless faults have it otherwise. */
export async function answerFaultily(
  name: RouteName,
  route: Route,
  context: PortalContext,
  parts: PortalParts,
): Promise<Response> {
  const { faults } = parts
  if (faults === undefined || name === 'faults') return route(context, parts)
  if (faults.refusesConnections || faults.strikes('dropRequests', name)) return cutOff(context)
  await faults.hold(name)
  const answer = await runRoute(route, context, parts)
  if (!faults.strikes('dropAnswers', name)) return answer
  await answer.body?.cancel()
  return cutOff(context)
}

async function runRoute(route: Route, context: PortalContext, parts: PortalParts): Promise<Response> {
  try {
    return await route(context, parts)
  } catch (error) {
    return errorResponse(error, parts.report)
  }
}

/** The client sees its connection end, and no answer. */
function cutOff(context: PortalContext): Response {
  context.env.incoming.socket.destroy()
  return new Response(null)
}

/**
 * The switches are for the person at this machine: not for pages of other machines that this person's browser
 * shows, under whatever name they reach the portal.
 */
function requireFaults(context: PortalContext, { faults }: PortalParts): Faults {
  if (faults === undefined) throw new HttpProblem(404, 'There is no such route')
  const origin = context.req.header('origin')
  const isForeign = origin !== undefined && !isLocalUrl(origin)
  if (isForeign || !isLocalUrl(`http://${context.req.header('host') ?? ''}`)) {
    throw new HttpProblem(403, 'Faults can be switched from this machine only')
  }
  return faults
}

function isLocalUrl(url: string): boolean {
  return URL.canParse(url) && isLoopback(new URL(url).hostname.replace(/^\[(.*)\]$/, '$1'))
}
