import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface SeenRequest {
  method: string
  /** Without the query. */
  path: string
  url: string
  headers: IncomingMessage['headers']
  body: Buffer
}

/** What the network does in place of the portal behind it. */
export type Fault =
  | { status: number; body?: string | Uint8Array; headers?: Record<string, string> }
  /** No answer at all. */
  | 'hang'
  /** The answer begins and never ends. */
  | 'stall'
  | 'break'
  | 'endless'

export interface PortalProxy {
  url: string
  host: string
  seen: SeenRequest[]
  /** What the portal behind it answered. */
  statuses: number[]
  /** Decides for every request; undefined lets it through to the portal. */
  fault: (request: SeenRequest) => Fault | undefined | Promise<Fault | undefined>
  close(): Promise<void>
}

/** A real HTTP hop in front of a portal (or of nothing) that can fail in every way a network can. */
export async function createPortalProxy(targetUrl?: string): Promise<PortalProxy> {
  const server = createServer((request, response) => {
    void answer(proxy, targetUrl, request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const proxy: PortalProxy = {
    url: `http://${host}`,
    host,
    seen: [],
    statuses: [],
    fault: () => undefined,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
  return proxy
}

async function answer(
  proxy: PortalProxy,
  targetUrl: string | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const seen = await readRequest(request)
  proxy.seen.push(seen)
  const fault = await proxy.fault(seen)
  if (fault !== undefined) return commit(fault, response)
  if (targetUrl !== undefined) return forward(proxy, new URL(seen.url, targetUrl), seen, response)
  commit({ status: 404 }, response)
}

async function readRequest(request: IncomingMessage): Promise<SeenRequest> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  const { method = '', url = '', headers } = request
  return { method, url, path: url.split('?')[0] ?? '', headers, body: Buffer.concat(parts) }
}

function commit(fault: Fault, response: ServerResponse): void {
  if (fault === 'hang') return
  if (fault === 'break' || fault === 'stall') {
    response.writeHead(200, { 'content-length': '1000' })
    response.write('part', () => (fault === 'break' ? response.destroy() : undefined))
    return
  }
  if (fault === 'endless') {
    pour(response)
    return
  }
  response.writeHead(fault.status, fault.headers)
  response.end(fault.body)
}

function pour(response: ServerResponse): void {
  const part = Buffer.alloc(64 * 1024)
  const pourMore = () => {
    while (!response.destroyed && response.write(part));
  }
  response.on('drain', pourMore)
  pourMore()
}

function forward(
  { statuses }: PortalProxy,
  url: URL,
  { method, headers, body }: SeenRequest,
  response: ServerResponse,
): void {
  const onward = httpRequest(url, { method, headers }, (answer) => {
    statuses.push(answer.statusCode ?? 502)
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  onward.on('error', () => response.destroy())
  onward.end(body)
}
