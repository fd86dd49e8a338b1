import { Hono } from 'hono'
import { version } from '../../package.json'
import type { RouteName } from '../stats/counters'
import { getAccount, getLoginChallenge, getRegisterChallenge, login, register } from './account-routes'
import { getBlob, pinBlob, unpinBlob } from './blob-routes'
import { allowOtherOrigins } from './cors'
import type { PortalContext, PortalEnv, PortalParts } from './portal-parts'
import { errorResponse, HttpProblem, problemResponse } from './problem'
import { readEntry, writeEntry } from './registry-routes'
import { uploadBlob } from './upload-routes'

type Route = (context: PortalContext, parts: PortalParts) => Promise<Response> | Response

/** The HTTP interface of a portal: the `/s5/` routes of the S5 network, and `/health`. */
export function createRoutes(parts: PortalParts): Hono<PortalEnv> {
  const app = new Hono<PortalEnv>()
  const counted = (name: RouteName, route: Route) => (context: PortalContext) => {
    parts.counters.countRequest(name)
    return route(context, parts)
  }
  app.use(allowOtherOrigins(parts.counters))
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
  app.notFound(counted('unknown', () => problemResponse(new HttpProblem(404, 'There is no such route'))))
  app.onError((error) => errorResponse(error, parts.onError))
  return app
}

function getHealth(context: PortalContext, { counters, uptimeMs }: PortalParts): Response {
  return context.json({ status: 'ok', uptimeMs: uptimeMs(), counters: counters.snapshot() })
}

function getVersion(context: PortalContext): Response {
  return context.json({ name: 's5-portal', version })
}
