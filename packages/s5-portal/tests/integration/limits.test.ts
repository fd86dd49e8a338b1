import { Agent, get } from 'node:http'
import { describe, expect, it } from 'vitest'
import { hashOf, utf8 } from '../support/bytes'
import { createClient, problemOf } from '../support/client'
import { signEntry } from '../support/entries'
import { createKey } from '../support/keys'
import { entryBytes, openPeer, openSocket, registryQuery } from '../support/peer-client'
import { eventually, openPortal } from '../support/portal'
import { startFlood } from '../support/process'
import { connectRaw } from '../support/raw-socket'

/** Another client, as the portal sees it: all of 127.0.0.0/8 is this machine. */
const OTHER = '127.0.0.2'
const OTHER_KEY = createKey()
const LIMITS = { headersMs: 15_000, requestMs: 120_000, idleMs: 30_000, stopMs: 5_000 }

describe('one client', () => {
  it('with too many requests is told when to come back, and others are served', async () => {
    const portal = await openPortal({ limits: { requestsPerSecond: 5 } })
    const answers = await Promise.all(Array.from({ length: 8 }, () => fetch(`${portal.url}/health`)))
    const refused = answers.filter((answer) => answer.status === 429)
    expect(refused.length).toBeGreaterThanOrEqual(2)
    for (const answer of refused) {
      expect(Number(answer.headers.get('retry-after'))).toBe(1)
      await problemOf(answer)
    }
    expect(portal.stats().throttled).toBe(refused.length)
    expect(await statusFrom(OTHER, portal.port)).toBe(200)
    await eventually(async () => expect((await fetch(`${portal.url}/health`)).status).toBe(200))
  })

  it('with too many uploads at once waits for its own', async () => {
    const portal = await openPortal({ limits: { uploads: 1 } })
    const client = createClient(portal.url)
    const token = await client.register()
    const head = `POST /s5/upload HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/octet-stream\r\nContent-Length: 5\r\n`
    const connection = await connectRaw(portal.port)
    connection.socket.write(`${head}Expect: 100-continue\r\n\r\n`)
    await connection.waitFor(/100 Continue/)
    const refused = await client.upload(token, utf8('other'))
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBe('1')
    connection.socket.write('hello')
    await connection.waitFor(/200 OK/)
    expect((await client.upload(token, utf8('other'))).status).toBe(200)
  })

  it('with too many connections has the next ones closed, and others are served', async () => {
    const portal = await openPortal({ limits: { connections: 3 } })
    await openPeer(portal.peerUri)
    const [first, second] = [await connectRaw(portal.port), await connectRaw(portal.port)]
    const closed = await connectRaw(portal.port)
    expect(await closed.received).toBe('')
    await expect(openSocket(portal.peerUri)).rejects.toThrow()
    expect(await statusFrom(OTHER, portal.port)).toBe(200)
    first.socket.destroy()
    await eventually(() => openPeer(portal.peerUri).then(() => {}))
    second.socket.destroy()
  })

  it('that sends messages too fast is read more slowly, loses none, and holds up nobody', async () => {
    const { peerUri } = await openPortal({ limits: { messagesPerSecond: 100 } })
    const [fast, other] = await Promise.all([openPeer(peerUri), openPeer(peerUri)])
    const key = createKey()
    const startedAt = performance.now()
    for (let revision = 1; revision <= 200; revision++) {
      fast.send(entryBytes(signEntry(key, revision, new Uint8Array(33))))
    }
    fast.send(registryQuery(key.publicKey))
    expect((await fast.takeKind(7))[34]).toBe(200)
    fast.send(registryQuery(key.publicKey))
    other.send(entryBytes(signEntry(OTHER_KEY, 1, new Uint8Array(33))))
    other.send(registryQuery(OTHER_KEY.publicKey))
    const isOf = (pk: Uint8Array) => (frame: Uint8Array) => Buffer.from(frame.subarray(1, 34)).equals(pk)
    await other.take(isOf(OTHER_KEY.publicKey))
    expect(fast.frames.filter(isOf(key.publicKey))).toEqual([])
    await fast.take(isOf(key.publicKey))
    expect(performance.now() - startedAt).toBeGreaterThan(900)
  })
})

describe('a client that is too slow is cut off:', () => {
  it('in the middle of a body', async () => {
    const portal = await openPortal({}, { limits: { ...LIMITS, idleMs: 100 } })
    const token = await createClient(portal.url).register()
    const { socket, received } = await connectRaw(portal.port)
    socket.write(`POST /s5/upload HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n`)
    socket.write('Content-Type: application/octet-stream\r\nContent-Length: 5\r\n\r\nhe')
    await received
    expect(portal.stats()).toMatchObject({ uploads: 0 })
    expect((await fetch(`${portal.url}/health`)).status).toBe(200)
  })

  it('when it says nothing at all; a socket of a peer is not', async () => {
    const portal = await openPortal({}, { limits: { ...LIMITS, idleMs: 100 } })
    const peer = await openPeer(portal.peerUri)
    const { received } = await connectRaw(portal.port)
    await received
    expect(peer.socket.readyState).toBe(peer.socket.OPEN)
  })

  it('when it does not read what it asked for', async () => {
    const lines: string[] = []
    const line = (_: unknown, message: string) => void lines.push(message)
    const log = { debug: line, info: line, warn: line, error: line }
    const portal = await openPortal({ log })
    const client = createClient(portal.url)
    const content = new Uint8Array(48 * 1024)
    await client.upload(await client.register(), content)
    const deaf = await openPeer(portal.peerUri, { headers: { 's5-portal-peer': 'ws://deaf.example' } })
    deaf.socket.pause()
    const query = Buffer.concat([Buffer.of(0x62, 0xc4, 32), await hashOf(content), Buffer.of(0)])
    for (let count = 0; count < 600; count++) deaf.send(query)
    await eventually(() => expect(lines).toEqual(['portal started', 'peer connected', 'peer disconnected']))
    deaf.socket.resume()
    expect(await deaf.closed).toBe(1006)
  })
})

describe('a flood', () => {
  it('of requests, connections and forged entries leaves the others their answers in time', async () => {
    const portal = await openPortal({ limits: { requestsPerSecond: 1_000, messagesPerSecond: 1_000 } })
    const flood = startFlood(portal.port, OTHER)
    await eventually(() => expect(portal.stats().malformedMessages).toBeGreaterThan(0))
    const client = createClient(portal.url)
    const latencies: number[] = []
    while (latencies.length < 40 || portal.stats().throttled <= 100) {
      const startedAt = performance.now()
      const answer = await client.writeEntry(signEntry(createKey(), 1, new Uint8Array(33)))
      expect(answer.status).toBe(204)
      latencies.push(performance.now() - startedAt)
    }
    expect(flood.exitCode).toBeNull()
    latencies.sort((a, b) => a - b)
    expect(latencies[Math.floor(latencies.length * 0.95)]).toBeLessThan(1_000)
  })

  it('of pipelined requests on one connection ends that connection', async () => {
    const portal = await openPortal()
    const connection = await connectRaw(portal.port)
    connection.socket.write('GET /s5/version HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(200))
    await connection.received
    expect(portal.stats()).toMatchObject({ throttled: 1 })
    expect(portal.stats().requests.version).toBeLessThanOrEqual(64)
    expect(await statusFrom('127.0.0.1', portal.port)).toBe(200)
  })
})

function statusFrom(localAddress: string, port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const agent = new Agent({ keepAlive: false })
    get({ port, host: '127.0.0.1', path: '/health', localAddress, agent }, (response) => {
      response.resume()
      resolve(response.statusCode)
    }).on('error', reject)
  })
}
