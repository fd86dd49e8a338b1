import { Hono } from 'hono'
import { version } from '../../package.json'
import { PEER_PATH } from '../p2p/socket-door'
import type { RouteName } from '../stats/counters'
import { getAccount, getLoginChallenge, getRegisterChallenge, login, register } from './account-routes'
import { getBlob, pinBlob, unpinBlob } from './blob-routes'
import { allowOtherOrigins } from './cors'
import { answerFaultily, clearFaults, getFaults, setFaults } from './fault-routes'
import type { PortalContext, PortalEnv, PortalParts } from './portal-parts'
import { errorResponse, HttpProblem, problemResponse } from './problem'
import { readEntry, writeEntry } from './registry-routes'
import { limitRequests } from './throttle'
import { uploadBlob } from './upload-routes'

type Route = (context: PortalContext, parts: PortalParts) => Promise<Response> | Response

/** The HTTP interface of a portal: the `/s5/` routes of the S5 network, `/health`, and `/faults` if it has them. */
export function createRoutes(parts: PortalParts): Hono<PortalEnv> {
  const app = new Hono<PortalEnv>()
  const counted = (name: RouteName, route: Route) => (context: PortalContext) => {
    parts.counters.countRequest(name)
    return answerFaultily(name, route, context, parts)
  }
  app.use(allowOtherOrigins(parts.counters))
  app.use(limitRequests(parts.gate, parts.counters))
  app.get('/health', counted('health', getHealth))
  app.get('/s5/version', counted('version', getVersion))
  app.get('/s5/account', counted('account', getAccount))
  app.get('/s5/account/register', counted('registerChallenge', getRegisterChallenge))
  app.post('/s5/account/register', counted('register', register))
  app.get('/s5/account/login', counted('loginChallenge', getLoginChallenge))
  app.post('/s5/account/login', counted('login', login))
  app.post('/s5/upload', counted('upload', uploadBlob))
  app.get('/s5/blob/:cid', counted('blob', getBlob))
  app.post('/s5/pin/:cid', counted('pin', pinBlob))
  app.delete('/s5/delete/:cid', counted('delete', unpinBlob))
  app.get('/s5/registry', counted('registryRead', readEntry))
  app.post('/s5/registry', counted('registryWrite', writeEntry))
  app.get(PEER_PATH, counted('p2p', askForUpgrade))
  app.get('/faults', counted('faults', getFaults))
  app.post('/faults', counted('faults', setFaults))
  app.delete('/faults', counted('faults', clearFaults))
  app.notFound(counted('unknown', () => problemResponse(new HttpProblem(404, 'There is no such route'))))
  app.onError((error) => errorResponse(error, parts.report))
  return app
}

function getHealth(context: PortalContext, { counters, uptimeMs }: PortalParts): Response {
  return context.json({ status: 'ok', uptimeMs: uptimeMs(), counters: counters.snapshot() })
}

function askForUpgrade(): never {
  throw new HttpProblem(426, 'Peers speak over a WebSocket here', { headers: { upgrade: 'websocket' } })
}

function getVersion(context: PortalContext): Response {
  return context.json({ name: 's5-portal', version })
}
