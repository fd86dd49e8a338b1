import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createPortal, type PortalOptions, PortalStartError } from '../../src/index'
import { createClient, problemOf } from '../support/client'
import { openPortal } from '../support/portal'
import { connectRaw, exchangeRaw } from '../support/raw-socket'

describe('a portal', () => {
  it('tells its health, its version and what it has done', async () => {
    const portal = await openPortal()
    const client = createClient(portal.url)
    expect(await (await client.get('/s5/version')).json()).toEqual({
      name: 's5-portal',
      version: expect.any(String),
    })
    const health = await (await client.get('/health')).json()
    expect(health).toEqual({ status: 'ok', uptimeMs: expect.any(Number), counters: portal.stats() })
    expect(portal.stats().requests).toMatchObject({ health: 1, version: 1, upload: 0, unknown: 0 })
  })

  it('answers 404 with problem details where there is no route', async () => {
    const portal = await openPortal()
    const client = createClient(portal.url)
    const answers = [
      await client.get('/'),
      await client.get('/s5/nothing'),
      await client.send('DELETE', '/s5/upload'),
    ]
    expect(answers.map((answer) => answer.status)).toEqual([404, 404, 404])
    await Promise.all(answers.map(problemOf))
    expect(portal.stats().requests.unknown).toBe(3)
  })

  it('survives what is not HTTP', async () => {
    const portal = await openPortal()
    const texts = [
      'hello\r\n\r\n',
      'GET / HTTP/1.1\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n',
    ]
    for (const text of texts) expect(await exchangeRaw(portal.port, text)).toMatch(/^HTTP\/1\.1 400 /)
    expect((await fetch(`${portal.url}/health`)).status).toBe(200)
  })

  it('drops clients that do not finish their headers or their body', async () => {
    const portal = await openPortal(
      {},
      { limits: { headersMs: 200, requestMs: 400, idleMs: 5_000, stopMs: 1_000 } },
    )
    const silent = await connectRaw(portal.port)
    silent.socket.write('GET /health HTTP/1.1\r\nHost: a\r\n')
    const slow = await connectRaw(portal.port)
    slow.socket.write('POST /s5/registry HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{')
    expect(await silent.received).toMatch(/^HTTP\/1\.1 408 /)
    await slow.received
    expect((await fetch(`${portal.url}/health`)).status).toBe(200)
  })

  it.each([
    { datadir: '/tmp/nobody-wanted-this' },
    { limits: { uploadsAtOnce: 1 } },
    { port: 65_536 },
    { maxUploadBytes: 0 },
    { peers: ['http://portal.example'] },
  ])('refuses %o, and names it', async (options) => {
    const named = Object.keys({ ...options, ...options.limits }).at(-1)
    await expect(createPortal(options as PortalOptions)).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining(String(named)),
    })
  })

  it('says that a port is taken', async () => {
    const { port } = await openPortal()
    const error: unknown = await createPortal({ port }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(PortalStartError)
    expect(error).toMatchObject({ code: 'PORT_UNAVAILABLE', message: expect.stringContaining('in use') })
  })
})

describe('pages of other origins', () => {
  const origin = 'https://app.example'

  it('may ask beforehand, which is not counted as a request', async () => {
    const portal = await openPortal()
    const answer = await fetch(`${portal.url}/s5/upload`, { method: 'OPTIONS', headers: { origin } })
    expect(answer.status).toBe(204)
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-headers': 'authorization, content-type, range',
      'access-control-allow-methods': 'GET, HEAD, POST, DELETE, OPTIONS',
      'access-control-max-age': '86400',
      vary: 'Origin',
    })
    expect(portal.stats().preflights).toBe(1)
    expect(Object.values(portal.stats().requests)).toEqual(
      Object.values(portal.stats().requests).map(() => 0),
    )
  })

  it.each(['/health', '/s5/account', '/s5/nothing', '/s5/blob/x'])(
    'may read the answer of %s',
    async (path) => {
      const { url } = await openPortal()
      const { headers } = await fetch(`${url}${path}`, { headers: { origin } })
      expect(headers.get('access-control-allow-origin')).toBe(origin)
      expect(headers.get('access-control-expose-headers')).toBe('etag, content-length, content-range')
      expect(headers.has('access-control-allow-credentials')).toBe(false)
    },
  )
})

describe('closing a portal', () => {
  it('finishes the requests that run and takes no more', async () => {
    const portal = await openPortal()
    const connection = await connectRaw(portal.port)
    connection.socket.write(
      'POST /s5/registry HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n',
    )
    await connection.waitFor(/100 Continue/)
    const closed = portal.close()
    connection.socket.write('{}')
    const answer = await connection.received
    expect(answer).toMatch(/HTTP\/1\.1 400 [\s\S]*connection: close/i)
    await closed
    await expect(fetch(`${portal.url}/health`)).rejects.toThrow()
  })

  it('cuts off a request that does not end in time', async () => {
    const portal = await openPortal(
      {},
      { limits: { headersMs: 5_000, requestMs: 5_000, idleMs: 5_000, stopMs: 100 } },
    )
    const connection = await connectRaw(portal.port)
    connection.socket.write(
      'POST /s5/registry HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n',
    )
    await connection.waitFor(/100 Continue/)
    await portal.close()
    await connection.received
  })

  it('does not wait for connections that idle', async () => {
    const portal = await openPortal()
    const connection = await connectRaw(portal.port)
    connection.socket.write('GET /health HTTP/1.1\r\nHost: a\r\n\r\n')
    await connection.waitFor(/"status":"ok"/)
    await Promise.all([portal.close(), once(connection.socket, 'close')])
  })

  it.each([0, 3])(
    'does not wait for uploads whose clients left at any moment, with a delay of %i ms',
    async (delayMs) => {
      const portal = await openPortal({ faults: { delayMs }, maxUploadBytes: 10_000 })
      const token = await createClient(portal.url).register()
      const form = `--x\r\nContent-Disposition: form-data; name="file"; filename="file"\r\n\r\n${'a'.repeat(3_000)}\r\n--x--\r\n`
      const request = `POST /s5/upload HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: ${form.length}\r\n\r\n${form}`
      const leave = async (sent: number, afterMs: number) => {
        const { socket } = await connectRaw(portal.port)
        socket.write(request.slice(0, sent))
        await sleep(afterMs)
        socket.destroy()
      }
      for (let round = 0; round < 5; round++) {
        const leaving = Array.from({ length: 40 }, (_, index) =>
          leave(index < 20 ? request.length : (request.length * index) / 40, (index % 20) / 3),
        )
        await Promise.all(leaving)
      }
      await portal.close()
    },
  )

  it('twice is the same as once', async () => {
    const portal = await openPortal()
    await Promise.all([portal.close(), portal.close()])
  })
})
