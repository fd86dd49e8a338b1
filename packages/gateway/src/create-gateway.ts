import { Hono } from 'hono'
import { type GatewayOptions, parseGatewayOptions } from './gateway-options'
import { createParts, type GatewayEnv, type GatewayParts } from './gateway-parts'
import { allowOrigins, limitRate, requireOwner, secureHeaders } from './http/guards'
import { HttpProblem } from './http/problem'
import { toProblem } from './http/sdk-problem'
import { chatRoutes } from './routes/chat'
import { commitRoutes } from './routes/commits'
import { conversationRoutes } from './routes/conversations'
import { eventRoutes } from './routes/events'
import { describeApi } from './routes/openapi'
import { signInRoutes } from './routes/sign-in'
import { telegramRoutes } from './routes/telegram'
import { webhookRoutes } from './routes/webhook'

/** Conversations over HTTP, for any server that speaks fetch's `Request` and `Response`. */
export interface Gateway {
  /** Answers a request, its failures too. @param env what the server knows of the connection, if it does */
  fetch(request: Request, env?: object): Response | Promise<Response>
  /** Ends all streams of events; the SDK goes on. */
  close(): void
}

/**
 * Answers requests for the conversations of an SDK, which stays open when the gateway closes.
 * @throws InvalidInputError
 * @example
 * const gateway = createGateway({ sdk, publicUrl: 'https://chat.example' })
 * export const GET = (request) => gateway.fetch(request)
 */
export function createGateway(options: GatewayOptions): Gateway {
  const closing = new AbortController()
  const parts = createParts(parseGatewayOptions(options), closing.signal)
  const { config } = parts
  const app = new Hono<GatewayEnv>().basePath(config.publicUrl.pathname)
  app.onError((error) => toProblem(error, config.logger).toResponse())
  app.notFound(() => new HttpProblem(404, 'There is no such resource').toResponse())
  app.use(secureHeaders, allowOrigins(config), limitRate(parts))
  app.get('/health', (context) => context.json({ status: 'ok' }))
  app.get('/openapi.json', (context) => context.json(describeApi(config.publicUrl.href)))
  app.route('/', signInRoutes(parts))
  for (const path of ['/conversations', '/conversations/*', '/chat']) app.use(path, requireOwner(parts))
  app.route('/', conversationRoutes(parts))
  app.route('/', commitRoutes(parts))
  app.route('/', eventRoutes(parts))
  addBots(app, parts)
  return { fetch: (request, env) => app.fetch(request, env), close: () => closing.abort() }
}

/** What is answered by an LLM is there only where there is one. */
function addBots(app: Hono<GatewayEnv>, parts: GatewayParts): void {
  const { generate, webhookSecret, telegramSecret } = parts.config
  if (generate === undefined) return
  app.route('/', chatRoutes(parts, generate))
  if (webhookSecret !== undefined) app.route('/', webhookRoutes(parts, webhookSecret, generate))
  if (telegramSecret !== undefined) app.route('/', telegramRoutes(parts, telegramSecret, generate))
}
