import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { deserializeRegistryEntry, S5, serializeRegistryEntry } from '../../src/index'

const CORS = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' }

/**
 * A client in Node that a page can tell what to do: `POST /entry` sets the entry of the body, `GET
 * /pushed/<base64url key>` answers with the next entry of that key that it hears by subscription.
 */
export async function startNodeSide(peerUri: string): Promise<{ url: string; close(): Promise<void> }> {
  const s5 = await S5.create({ initialPeers: [peerUri] })
  const server = createServer((request, response) => {
    void answer(s5, request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      s5.close()
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

async function answer(s5: S5, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'POST') {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    await s5.api.registrySet(deserializeRegistryEntry(new Uint8Array(Buffer.concat(parts))))
  }
  response.writeHead(200, CORS)
  // Sent before the entry comes, so that the page knows that somebody listens.
  response.flushHeaders()
  if (request.method !== 'GET') return void response.end()
  const pk = new Uint8Array(Buffer.from(request.url?.split('/').at(-1) ?? '', 'base64url'))
  const stop = s5.api.registryListen(pk, (entry) => {
    stop()
    response.end(serializeRegistryEntry(entry))
  })
}
