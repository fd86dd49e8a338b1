import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { S5, serializeRegistryEntry } from '../../src/index'
import { ownEntry, ownKeyPair } from './own-entry'

const CORS = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' }

/**
 * A device in Node that a page can tell what to do. The body says for which seed phrase: `POST /write` sets
 * the user's own entry to a revision, `POST /hear` answers with the next one that is pushed to the device.
 */
export async function startNodeSide(peerUri: string): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    void answer(peerUri, request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

async function answer(peerUri: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  const { phrase, revision } = JSON.parse(Buffer.concat(parts).toString())
  const s5 = await S5.create({ initialPeers: [peerUri] })
  response.on('close', () => s5.close())
  await s5.recoverIdentityFromSeedPhrase(phrase)
  if (request.url === '/write') await s5.api.registrySet(await ownEntry(s5, revision))
  response.writeHead(200, CORS)
  // Sent before the entry comes, so that the page knows that somebody listens.
  response.flushHeaders()
  if (request.url !== '/hear') return void response.end()
  const { publicKey } = await ownKeyPair(s5)
  s5.api.registryListen(publicKey, (entry) => response.end(serializeRegistryEntry(entry)))
}
