import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { inspect } from 'node:util'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { BlobIdentifier, hashBlake3, type S5 } from '../../src/index'
import { createClient } from '../support/network'

const content = new TextEncoder().encode('kept on S5')
const token = 'a-token-that-nobody-may-see'
const pk = new Uint8Array(33).fill(0xed)

afterEach(() => {
  vi.useRealTimers()
})

async function listen(server: Server): Promise<{ url: string; sockets: Socket[] }> {
  const sockets: Socket[] = []
  server.on('connection', (socket: Socket) => sockets.push(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets }
}

function startServer(answer: RequestListener) {
  return listen(createHttpServer(answer))
}

async function startUploader(url: string): Promise<S5> {
  const s5 = await createClient({ portals: [url] })
  s5.setPortalAuth(url, token)
  return s5
}

/** Takes uploads, but hangs up on the requests whose numbers are named. */
function startMoodyServer(...hangsUpOn: number[]) {
  let count = 0
  return startServer(async (request, response) => {
    for await (const _ of request);
    count += 1
    if (hangsUpOn.includes(count)) return request.socket.destroy()
    if (request.url === '/s5/upload') {
      response.end(
        JSON.stringify({ cid: new BlobIdentifier(await hashBlake3(content), content.length).toString() }),
      )
    } else {
      response.writeHead(404).end()
    }
  })
}

/** As if nothing was sent for a second. */
function rest(): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 1000 })
}

test('calls one after another go over one connection', async () => {
  const { url, sockets } = await startMoodyServer()
  const s5 = await startUploader(url)
  for (let times = 0; times < 5; times++) {
    await s5.api.uploadBlob(content)
    await s5.api.registryGet(pk)
  }
  expect(sockets).toHaveLength(1)
})

test('a connection that the server gave up while it rested fails no call', async () => {
  const { url, sockets } = await startMoodyServer(2, 4)
  const s5 = await startUploader(url)
  await s5.api.uploadBlob(content)
  rest()
  await s5.api.uploadBlob(content)
  rest()
  expect(await s5.api.registryGet(pk)).toBeUndefined()
  expect(sockets).toHaveLength(3)
})

test('a connection that ends in the middle of work is a lost answer, and nothing is repeated', async () => {
  const { url, sockets } = await startMoodyServer(2)
  const s5 = await startUploader(url)
  await s5.api.uploadBlob(content)
  await expect(s5.api.uploadBlob(content)).rejects.toMatchObject({ code: 'UNREACHABLE' })
  expect(sockets).toHaveLength(1)
})

test('a request that is not the same when it comes twice is sent once', async () => {
  const { url, sockets } = await startMoodyServer(2)
  const s5 = await startUploader(url)
  await s5.api.uploadBlob(content)
  rest()
  await expect(s5.api.pinHash(await hashBlake3(content))).rejects.toMatchObject({ code: 'UNREACHABLE' })
  expect(sockets).toHaveLength(1)
})

test('closing a client closes its connections', async () => {
  const { url, sockets } = await startMoodyServer()
  const s5 = await startUploader(url)
  await s5.api.uploadBlob(content)
  const closed = new Promise((resolve) => sockets[0]?.once('close', resolve))
  s5.close()
  await closed
})

test('a redirect of a question is followed, that of an upload is refused', async () => {
  const place = await startServer((_, response) => response.end(content))
  const portal = await startServer((_, response) => response.writeHead(307, { location: place.url }).end())
  const s5 = await startUploader(portal.url)
  expect(await s5.api.downloadBlobAsBytes(await hashBlake3(content))).toEqual(content)
  await expect(s5.api.uploadBlob(content)).rejects.toMatchObject({ code: 'REJECTED', status: 307 })
  expect(place.sockets).toHaveLength(1)
})

test('answers are asked for as they are, not compressed', async () => {
  const encodings: unknown[] = []
  const { url } = await startServer((request, response) => {
    encodings.push(request.headers['accept-encoding'])
    response.writeHead(404).end()
  })
  await (await createClient({ portals: [url] })).api.registryGet(pk)
  expect(encodings).toEqual(['identity'])
})

test('what is not HTTP is unreachable, and its bytes are in no error', async () => {
  const echo = createServer((socket) => socket.on('data', (request) => socket.end(request)))
  const broken = createServer((socket) =>
    socket.on('data', (request) =>
      socket.end(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${request}`),
    ),
  )
  for (const server of [echo, broken]) {
    const s5 = await startUploader((await listen(server)).url)
    const error: unknown = await s5.api.uploadBlob(content).catch((error: unknown) => error)
    expect(error).toMatchObject({ code: 'UNREACHABLE', retryable: true })
    const shown = inspect(error, { depth: 9, showHidden: true })
    expect(shown).not.toContain(token)
    expect(shown).not.toContain('rawPacket')
  }
})
