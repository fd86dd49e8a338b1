import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What happens to one request: nothing, or one of the faults a real network has. */
export type Fault =
  | { kind: 'none' }
  /** The portal gets the request and acts on it; the client never hears of it. */
  | { kind: 'drop-answer' }
  /** The portal never gets the request. */
  | { kind: 'drop-request' }
  | { kind: 'answer'; status: number; body: string }
  /** The client gets something else than the portal said. */
  | { kind: 'change-answer'; change(body: Buffer): Buffer }

export interface ProxiedRequest {
  method: string
  path: string
  body: Buffer
}

export interface FaultProxy {
  url: string
  requests: ProxiedRequest[]
  /** The greatest number of requests that were under way at the same time. */
  mostAtOnce(): number
  close(): Promise<void>
}

/**
 * A real HTTP proxy before a portal. `choose` decides about each request; `delayMs` is waited each way.
 * Keeps the client's Host header, as a reverse proxy for a public name does.
 */
export async function startFaultProxy(
  target: string,
  choose: (request: ProxiedRequest) => Fault | Promise<Fault> = () => ({ kind: 'none' }),
  delayMs = 0,
): Promise<FaultProxy> {
  const requests: ProxiedRequest[] = []
  let underWay = 0
  let mostAtOnce = 0
  const server = createServer(async (incoming, outgoing) => {
    underWay += 1
    mostAtOnce = Math.max(mostAtOnce, underWay)
    try {
      const path = new URL(incoming.url ?? '/', target).pathname
      const proxied = { method: incoming.method ?? '', path, body: await readAll(incoming) }
      requests.push(proxied)
      await handle(incoming, outgoing, target, proxied.body, await choose(proxied), delayMs)
    } catch {
      incoming.socket.destroy()
    } finally {
      underWay -= 1
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    mostAtOnce: () => mostAtOnce,
    close: () => stop(server),
  }
}

async function handle(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  target: string,
  body: Buffer,
  fault: Fault,
  delayMs: number,
): Promise<void> {
  await delay(delayMs)
  if (fault.kind === 'drop-request') return void incoming.socket.destroy()
  if (fault.kind === 'answer') return void outgoing.writeHead(fault.status).end(fault.body)
  const answer = await forward(incoming, target, body)
  const answerBody = await readAll(answer)
  await delay(delayMs)
  if (fault.kind === 'drop-answer') return void incoming.socket.destroy()
  const isChanged = fault.kind === 'change-answer' && answer.statusCode === 200
  if (!isChanged) return void outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(answerBody)
  outgoing.writeHead(200, { 'content-type': answer.headers['content-type'] }).end(fault.change(answerBody))
}

async function forward(incoming: IncomingMessage, target: string, body: Buffer): Promise<IncomingMessage> {
  const forwarded = request(new URL(incoming.url ?? '/', target), {
    method: incoming.method ?? 'GET',
    headers: incoming.headers,
  })
  forwarded.end(body)
  const [answer] = (await once(forwarded, 'response')) as [IncomingMessage]
  return answer
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function delay(ms: number): Promise<void> {
  return ms === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms))
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
}
