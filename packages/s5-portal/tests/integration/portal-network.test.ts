import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hashOf, toBase64Url, toHex, utf8 } from '../support/bytes'
import { cidOf, createClient } from '../support/client'
import { signEntry } from '../support/entries'
import { createKey } from '../support/keys'
import { entryBytes, hashQuery, openPeer, openSocket, registryQuery } from '../support/peer-client'
import { eventually, openPortal } from '../support/portal'
import { openDelayingRelay } from '../support/relay'

const data = (fill: number) => new Uint8Array(33).fill(fill)

/** Two portals, the second of which keeps a connection to the first. */
async function openPair(options: Parameters<typeof openPortal>[0] = {}) {
  const first = await openPortal({ faults: true, ...options })
  const second = await openPortal({ faults: true, peers: [first.peerUri], ...options })
  await eventually(() => expect(second.stats().handshakes).toBe(1))
  return { first, second, clients: [createClient(first.url), createClient(second.url)] as const }
}

type TestPortal = Awaited<ReturnType<typeof openPortal>>

/** Cuts two portals off from each other; nothing passes between them any more when this resolves. */
async function separate(left: TestPortal, right: TestPortal): Promise<void> {
  await left.faults.set({ partitionFrom: [right.peerUri] })
  await right.faults.set({ partitionFrom: [left.peerUri] })
}

const countBlobs = async (url: string, cids: readonly string[]) => {
  const answers = await Promise.all(cids.map((cid) => createClient(url).get(`/s5/blob/${cid}`)))
  await Promise.all(answers.map((answer) => answer.arrayBuffer()))
  return answers.filter((answer) => answer.status === 200).length
}

describe('two connected portals', () => {
  it('tell each other of entries, in both directions, and their clients', async () => {
    const { first, second, clients } = await openPair()
    const listener = await openPeer(second.peerUri)
    const entries = [signEntry(createKey(), 1, data(1)), signEntry(createKey(), 1, data(2))] as const
    await clients[0].writeEntry(entries[0])
    expect(toHex(await listener.takeKind(7))).toBe(toHex(entryBytes(entries[0])))
    await clients[1].writeEntry(entries[1])
    await eventually(async () => expect((await clients[0].readEntry(entries[1].pk)).status).toBe(200))
    expect(first.stats().pushes).toBe(1)
  })

  it('copy the blobs that accounts pin, whatever their size', async () => {
    const { first, second, clients } = await openPair()
    const token = await clients[0].register()
    const contents = [0, 1, 48 * 1024, 48 * 1024 + 1, 3_000_000].map(
      (size) => new Uint8Array(randomBytes(size)),
    )
    const cids = await Promise.all(
      contents.map(async (bytes) => cidOf(await clients[0].upload(token, bytes))),
    )
    await eventually(() => expect(second.stats().replicatedBlobs).toBe(contents.length))
    await first.close()
    for (const [index, cid] of cids.entries()) {
      const answer = await clients[1].get(`/s5/blob/${cid}`)
      expect(Buffer.from(await answer.arrayBuffer()).equals(contents[index] ?? utf8(''))).toBe(true)
    }
  })

  it('fetch what a client asks for, by HTTP and on a socket, when it was not copied', async () => {
    const { second, clients } = await openPair()
    await second.faults.set({ diskFull: true })
    const [content, other] = [utf8('fetched'), utf8('located')]
    const token = await clients[0].register()
    const cids = await Promise.all(
      [content, other].map(async (bytes) => cidOf(await clients[0].upload(token, bytes))),
    )
    expect(await countBlobs(second.url, cids)).toBe(0)
    await second.faults.clear()
    expect(await countBlobs(second.url, cids.slice(0, 1))).toBe(1)
    const peer = await openPeer(second.peerUri)
    peer.send(hashQuery(await hashOf(other)))
    const location = Buffer.from(await peer.takeKind(5))
    const url = location.subarray(42, 42 + location.readUInt16LE(40)).toString()
    expect(await (await fetch(url)).text()).toBe('located')
    const pinner = await clients[1].register()
    expect((await clients[1].send('POST', `/s5/pin/${cids[1]}`, pinner)).status).toBe(204)
  })

  it('say absent at once when neither has it', async () => {
    const { clients, second } = await openPair({ peerWaitMs: 20_000 })
    await eventually(() => expect(second.stats().peerMessages).toBeGreaterThan(3))
    const startedAt = Date.now()
    expect((await clients[1].readEntry(toBase64Url(createKey().publicKey))).status).toBe(404)
    expect((await clients[1].get(`/s5/blob/f${'ab'.repeat(32)}`)).status).toBe(404)
    expect(Date.now() - startedAt).toBeLessThan(5_000)
  })

  it('keep their own of two entries with one revision, and do not argue about it', async () => {
    const { first, second, clients } = await openPair()
    await separate(first, second)
    const key = createKey()
    const forks = [signEntry(key, 1, data(1)), signEntry(key, 1, data(2))] as const
    await Promise.all(clients.map((client, index) => client.writeEntry(forks[index] ?? forks[0])))
    await Promise.all([first.faults.clear(), second.faults.clear()])
    await eventually(() => expect(second.stats().handshakes).toBe(2))
    const later = signEntry(createKey(), 1, data(3))
    await clients[0].writeEntry(later)
    await eventually(async () => expect((await clients[1].readEntry(later.pk)).status).toBe(200))
    for (const [index, client] of clients.entries()) {
      expect(await (await client.readEntry(forks[0].pk)).json()).toEqual(forks[index])
    }
    expect(first.stats().pushes + second.stats().pushes).toBe(1)
  })

  it('catch up after one of them was away, over several pages of a listing', async () => {
    const first = await openPortal()
    const client = createClient(first.url)
    const token = await client.register()
    const writer = await openPeer(first.peerUri)
    const keys = Array.from({ length: 1_050 }, () => createKey())
    for (const key of keys) writer.send(entryBytes(signEntry(key, 7, data(7))))
    const cids = await Promise.all(
      Array.from({ length: 30 }, async (_, index) =>
        cidOf(await client.upload(token, utf8(`blob ${index}`))),
      ),
    )
    const lastKey = keys.at(-1)?.publicKey ?? new Uint8Array()
    writer.send(registryQuery(lastKey))
    await writer.takeKind(7)
    const second = await openPortal({ peers: [first.peerUri] })
    await eventually(() => expect(second.stats().replicatedBlobs).toBe(30))
    await first.close()
    expect(await countBlobs(second.url, cids)).toBe(30)
    const reader = await openPeer(second.peerUri)
    for (const key of keys) reader.send(registryQuery(key.publicKey))
    for (const _ of keys) expect((await reader.takeKind(7))[34]).toBe(7)
  })

  it('find each other again when one of them was started anew', async () => {
    const first = await openPortal()
    const second = await openPortal({ peers: [first.peerUri] })
    await eventually(() => expect(second.stats().handshakes).toBe(1))
    await first.close()
    const entry = signEntry(createKey(), 1, data(1))
    await createClient(second.url).writeEntry(entry)
    const again = await openPortal({ port: first.port })
    await eventually(async () => expect((await createClient(again.url).readEntry(entry.pk)).status).toBe(200))
  })

  it('store again what one of them lost', async () => {
    const { first, clients } = await openPair()
    const entry = signEntry(createKey(), 4, data(4))
    await clients[0].writeEntry(entry)
    const cid = await cidOf(await clients[0].upload(await clients[0].register(), utf8('lost and found')))
    await eventually(async () => expect((await clients[1].get(`/s5/blob/${cid}`)).status).toBe(200))
    await first.faults.set({ lostDisk: true })
    expect((await clients[0].readEntry(entry.pk)).status).toBe(200)
    expect(await countBlobs(first.url, [cid])).toBe(1)
  })
})

describe('a portal on a public address', () => {
  it('gives its listings only to portals that it was configured with, and fetches from nobody else', async () => {
    const open = await openPortal({ publicUrl: 'http://portal.example' })
    const stranger = await openPortal({ peers: [open.peerUri], peerWaitMs: 100 })
    const client = createClient(stranger.url)
    await eventually(() => expect(stranger.stats().handshakes).toBe(1))
    await client.upload(await client.register(), utf8('unwanted'))
    const entry = signEntry(createKey(), 1, data(1))
    await client.writeEntry(entry)
    await eventually(async () => expect((await createClient(open.url).readEntry(entry.pk)).status).toBe(200))
    expect(open.stats().replicatedBlobs).toBe(0)
    const askedAt = performance.now()
    expect((await client.readEntry(toBase64Url(createKey().publicKey))).status).toBe(404)
    expect(performance.now() - askedAt).toBeGreaterThan(90)
    const header = { headers: { 's5-portal-peer': 'ws://stranger.example' } }
    const socket = await openPeer(open.peerUri, header)
    socket.send(Buffer.of(0x60, 0, 0xc4, 0))
    socket.send(registryQuery(Buffer.from(entry.pk, 'base64url')))
    await socket.takeKind(7)
    expect(socket.frames).toEqual([])
  })

  it('does so for those it calls itself', async () => {
    const port = (await openPortal().then(async (portal) => [portal.port, await portal.close()] as const))[0]
    const uri = `ws://127.0.0.1:${port}/s5/p2p`
    const first = await openPortal({ publicUrl: 'http://one.example', peers: [uri] })
    const second = await openPortal({ port, publicUrl: 'http://two.example', peers: [first.peerUri] })
    const client = createClient(second.url, 'two.example')
    const cid = await cidOf(await client.upload(await client.register(), utf8('wanted')))
    await eventually(() => expect(first.stats().replicatedBlobs).toBe(1))
    expect(await countBlobs(first.url, [cid])).toBe(1)
  })
})

it('a portal that passes the handshake of another one on is not taken for it', async () => {
  const [port] = await openPortal().then(async (portal) => [portal.port, await portal.close()] as const)
  const uri = `ws://127.0.0.1:${port}/s5/p2p`
  const first = await openPortal({ publicUrl: 'http://one.example', peers: [uri] })
  const second = await openPortal({ port, publicUrl: 'http://two.example', peers: [first.peerUri] })
  const token = await createClient(first.url, 'one.example').register()
  await createClient(first.url).upload(token, utf8('secret'))
  await eventually(() => expect(second.stats().replicatedBlobs).toBe(1))
  const header = { headers: { 's5-portal-peer': 'ws://middle.example' } }
  const [toFirst, toSecond] = [
    await openSocket(first.peerUri, header),
    await openSocket(second.peerUri, header),
  ]
  toSecond.send(await toFirst.takeKind(1))
  toFirst.send(Buffer.concat([Buffer.of(1, 0xc4, 32), Buffer.alloc(32)]))
  toFirst.send(await toSecond.takeKind(10))
  await toFirst.takeKind(10)
  toFirst.send(Buffer.of(0x60, 1, 0xc4, 0))
  toFirst.send(Buffer.concat([Buffer.of(0x66, 0xc4, 32), Buffer.alloc(32)]))
  const entry = signEntry(createKey(), 1, data(1))
  toFirst.send(entryBytes(entry))
  toFirst.send(registryQuery(Buffer.from(entry.pk, 'base64url')))
  await toFirst.takeKind(7)
  expect(toFirst.frames).toEqual([])
})

it('a hundred subscribed sockets hear of a change within one push', async () => {
  const { peerUri, url } = await openPortal()
  const sockets = await Promise.all(Array.from({ length: 100 }, () => openPeer(peerUri)))
  const entry = signEntry(createKey(), 1, data(1))
  for (const socket of sockets) socket.send(registryQuery(Buffer.from(entry.pk, 'base64url')))
  await createClient(url).writeEntry(entry)
  for (const socket of sockets) {
    expect(toHex(await socket.takeKind(7))).toBe(toHex(entryBytes(entry)))
    expect(socket.frames).toEqual([])
  }
})

it('a write on a portal is readable on another, 25 ms away, within three round trips', async () => {
  const oneWayMs = 25
  const first = await openPortal()
  const relay = await openDelayingRelay(first.port, oneWayMs)
  const second = await openPortal({ peers: [`ws://127.0.0.1:${relay.port}/s5/p2p`], peerWaitMs: 1 })
  await eventually(() => expect(second.stats().handshakes).toBe(1))
  const [near, far] = [createClient(first.url), createClient(second.url)]
  const token = await near.register()
  const tookMs: number[] = []
  for (let round = 0; round < 5; round++) {
    const entry = signEntry(createKey(), 1, data(round))
    const cid = await cidOf(await near.upload(token, new Uint8Array(randomBytes(4_096))))
    await near.writeEntry(entry)
    const writtenAt = performance.now()
    await eventually(async () => {
      expect((await far.readEntry(entry.pk)).status).toBe(200)
      expect(await countBlobs(second.url, [cid])).toBe(1)
    })
    tookMs.push(performance.now() - writtenAt)
  }
  expect(Math.min(...tookMs)).toBeGreaterThan(oneWayMs / 2)
  expect(tookMs.sort((a, b) => a - b)[2]).toBeLessThan(3 * 2 * oneWayMs)
})

it('a portal that is its own peer stays alone', async () => {
  const { port, close } = await openPortal()
  await close()
  const portal = await openPortal({ port, peers: [`ws://127.0.0.1:${port}/s5/p2p`] })
  await eventually(() => expect(portal.stats().requests.p2p).toBeGreaterThan(1))
  expect(portal.stats().handshakes).toBe(0)
  await openSocket(portal.peerUri)
})
