import { describe, expect, it } from 'vitest'
import type { FaultPlan } from '../../src/faults/fault-plan'
import { hashOf, toBase64Url, toHex, utf8 } from '../support/bytes'
import { cidOf, createClient, problemOf } from '../support/client'
import { signEntry } from '../support/entries'
import { createKey, type TestKey } from '../support/keys'
import { entryBytes, hashQuery, openPeer, registryQuery } from '../support/peer-client'
import { eventually, openPortal } from '../support/portal'
import { exchangeRaw } from '../support/raw-socket'

const data = (fill: number) => new Uint8Array(33).fill(fill)

async function openFaulty(faults: true | FaultPlan = true) {
  const portal = await openPortal({ faults })
  const client = createClient(portal.url)
  const write = (key: TestKey, revision: number) =>
    client.writeEntry(signEntry(key, revision, data(revision)))
  const read = async (key: TestKey) => {
    const answer = await client.readEntry(toBase64Url(key.publicKey))
    return answer.status === 200 ? ((await answer.json()) as { revision: number }).revision : undefined
  }
  return { portal, client, write, read, faults: portal.faults }
}

/** Which of `count` writes were answered; each with a key of its own, so that none depends on another. */
async function answered(write: (key: TestKey) => Promise<Response>, count: number): Promise<boolean[]> {
  const outcomes: boolean[] = []
  for (let index = 0; index < count; index++) {
    outcomes.push(
      await write(createKey()).then(
        (answer) => answer.status === 204,
        () => false,
      ),
    )
  }
  return outcomes
}

describe('the switches', () => {
  it('are not there unless they were asked for', async () => {
    const portal = await openPortal()
    expect((await fetch(`${portal.url}/faults`)).status).toBe(404)
    await expect(portal.faults.set({ refuse: true })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    expect((await fetch(`${portal.url}/health`)).status).toBe(200)
  })

  it.each(['0.0.0.0', '::', '192.0.2.1'])('are refused on %s', async (host) => {
    await expect(openPortal({ host, faults: true })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  })

  it('are set, shown and cleared over HTTP, even when the portal refuses everything else', async () => {
    const { client, portal } = await openFaulty({ slowRegistryMs: 1 })
    expect(await (await client.get('/faults')).json()).toEqual({ slowRegistryMs: 1 })
    const plan = { seed: 5, refuse: true, dropAnswers: { registryWrite: 0.5 } }
    expect(await (await client.postJson('/faults', plan)).json()).toEqual(plan)
    expect(portal.faults.get()).toEqual(plan)
    await expect(client.get('/health')).rejects.toThrow()
    expect((await client.send('DELETE', '/faults')).status).toBe(204)
    expect((await client.get('/health')).status).toBe(200)
  })

  it.each([
    ['an unknown fault', { delay: 5 }],
    ['a probability above 1', { dropAnswers: 1.5 }],
    ['an unknown route', { dropAnswers: { everything: 1 } }],
    ['a time without end', { delayMs: 1e9 }],
    ['a text for a switch', { refuse: 'yes' }],
    ['an inherited name', { constructor: 1 }],
  ])('refuse %s and stay as they were', async (_, plan) => {
    const { client, faults } = await openFaulty({ seed: 3 })
    expect((await problemOf(await client.postJson('/faults', plan))).status).toBe(400)
    await expect(faults.set(plan as FaultPlan)).rejects.toThrow(TypeError)
    expect(faults.get()).toEqual({ seed: 3 })
  })

  it('are not for pages of other machines, nor for other names of this one', async () => {
    const { client, portal } = await openFaulty()
    const foreign = { origin: 'https://evil.example' }
    expect((await client.postJson('/faults', { lostDisk: true }, foreign)).status).toBe(403)
    expect((await client.postJson('/faults', {}, { origin: 'http://localhost:3006' })).status).toBe(200)
    const rebound = 'GET /faults HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n'
    expect(await exchangeRaw(portal.port, rebound)).toMatch(/^HTTP\/1\.1 403 /)
  })
})

describe('a fault:', () => {
  it('delay and jitter hold back requests and messages, and keep the order of messages', async () => {
    const { portal, client, faults } = await openFaulty()
    const peer = await openPeer(portal.peerUri)
    await faults.set({ delayMs: 40, jitterMs: 40 })
    const startedAt = performance.now()
    await client.get('/s5/version')
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(39)
    const key = createKey()
    for (let revision = 1; revision <= 20; revision++)
      peer.send(entryBytes(signEntry(key, revision, data(1))))
    peer.send(registryQuery(key.publicKey))
    expect((await peer.takeKind(7))[34]).toBe(20)
    expect(portal.stats().registryConflicts).toBe(0)
  })

  it.each(['clearing it', 'closing the portal'])(
    'a long delay ends with %s, and what it held back is answered',
    async (end) => {
      const { portal, client, faults } = await openFaulty({ delayMs: 600_000 })
      const answer = client.get('/s5/version')
      await eventually(() => expect(portal.stats().requests.version).toBe(1))
      await (end === 'clearing it' ? faults.clear() : portal.close())
      expect((await answer).status).toBe(200)
    },
  )

  it('a dropped request has no effect', async () => {
    const { write, read, faults } = await openFaulty()
    const key = createKey()
    await faults.set({ dropRequests: { registryWrite: 1 } })
    await expect(write(key, 1)).rejects.toThrow()
    expect(await read(key)).toBeUndefined()
  })

  it('a dropped answer is of a write that landed; of other routes it is not dropped', async () => {
    const { write, read, faults } = await openFaulty()
    const key = createKey()
    await faults.set({ dropAnswers: { registryWrite: 1 } })
    await expect(write(key, 1)).rejects.toThrow()
    expect(await read(key)).toBe(1)
  })

  it('a dropped answer of a blob or of an upload leaves the portal well', async () => {
    const { client, faults } = await openFaulty()
    const token = await client.register()
    const cid = await cidOf(await client.upload(token, new Uint8Array(300_000)))
    await faults.set({ dropAnswers: { blob: 1, upload: 1 } })
    await expect(client.upload(token, utf8('landed'))).rejects.toThrow()
    await expect(client.get(`/s5/blob/${cid}`)).rejects.toThrow()
    await faults.clear()
    const landed = `/s5/blob/f${toHex(await hashOf(utf8('landed')))}`
    expect(await (await client.get(landed)).text()).toBe('landed')
  })

  it('messages and answers on sockets are dropped too', async () => {
    const { portal, faults, read } = await openFaulty()
    const peer = await openPeer(portal.peerUri)
    const [lost, landed] = [createKey(), createKey()]
    await faults.set({ dropRequests: { p2p: 1 } })
    peer.send(entryBytes(signEntry(lost, 1, data(1))))
    await eventually(() => expect(portal.stats().peerMessages).toBe(3))
    await faults.set({ dropAnswers: { p2p: 1 } })
    peer.send(entryBytes(signEntry(landed, 1, data(1))))
    peer.send(registryQuery(landed.publicKey))
    await eventually(async () => expect(await read(landed)).toBe(1))
    expect(await read(lost)).toBeUndefined()
    expect(peer.frames).toEqual([])
  })

  it('a doubled write is acknowledged once, and a doubled push comes twice', async () => {
    const { portal, write, read, faults } = await openFaulty()
    const peer = await openPeer(portal.peerUri)
    await faults.set({ duplicate: 1 })
    const key = createKey()
    expect((await write(key, 1)).status).toBe(204)
    expect(await read(key)).toBe(1)
    const pushes = [await peer.takeKind(7), await peer.takeKind(7)].map(toHex)
    expect(pushes[1]).toBe(pushes[0])
  })

  it('reordered pushes overtake each other, and none is lost', async () => {
    const { portal, write, faults } = await openFaulty()
    const peer = await openPeer(portal.peerUri)
    await faults.set({ reorderPushes: 0.5, seed: 1 })
    const key = createKey()
    for (let revision = 1; revision <= 20; revision++) await write(key, revision)
    const revisions: number[] = []
    while (revisions.length < 20) revisions.push((await peer.takeKind(7))[34] ?? 0)
    const inOrder = Array.from({ length: 20 }, (_, index) => index + 1)
    expect(revisions).not.toEqual(inOrder)
    expect(revisions.sort((a, b) => a - b)).toEqual(inOrder)
  })

  it('a stale answer is the entry before the newest, by HTTP and on sockets; writes are not fooled', async () => {
    const { portal, write, read, faults } = await openFaulty()
    const key = createKey()
    for (const revision of [1, 2, 3]) await write(key, revision)
    const peer = await openPeer(portal.peerUri)
    await faults.set({ staleAnswers: 1 })
    expect(await read(key)).toBe(2)
    peer.send(registryQuery(key.publicKey))
    expect((await peer.takeKind(7))[34]).toBe(2)
    expect((await write(key, 3)).status).toBe(204)
    expect((await problemOf(await write(key, 2))).current?.revision).toBe(3)
    await faults.clear()
    expect(await read(key)).toBe(3)
  })

  it('an unavailable blob is away, and others are not', async () => {
    const { portal, client, faults } = await openFaulty()
    const token = await client.register()
    const contents = [utf8('away'), utf8('here')]
    const cids = await Promise.all(contents.map(async (bytes) => cidOf(await client.upload(token, bytes))))
    const statuses = () => Promise.all(cids.map(async (cid) => (await client.get(`/s5/blob/${cid}`)).status))
    const hash = await hashOf(utf8('away'))
    await faults.set({ unavailableBlobs: [toHex(hash)] })
    expect(await statuses()).toEqual([404, 200])
    const peer = await openPeer(portal.peerUri)
    peer.send(hashQuery(hash))
    peer.send(hashQuery(await hashOf(utf8('here'))))
    await peer.takeKind(5)
    expect(peer.frames).toEqual([])
    await faults.set({ unavailableBlobs: 'all' })
    expect(await statuses()).toEqual([404, 404])
    await faults.clear()
    expect(await statuses()).toEqual([200, 200])
  })

  it('a slow registry is slow by HTTP and on sockets, and nothing else is', async () => {
    const { portal, client, write, faults } = await openFaulty()
    const peer = await openPeer(portal.peerUri)
    await faults.set({ slowRegistryMs: 150 })
    const timed = async (task: () => Promise<unknown>) => {
      const startedAt = performance.now()
      await task()
      return performance.now() - startedAt
    }
    const key = createKey()
    expect(await timed(() => write(key, 1))).toBeGreaterThan(149)
    await peer.takeKind(7)
    peer.send(registryQuery(key.publicKey))
    expect(await timed(() => peer.takeKind(7))).toBeGreaterThan(140)
    expect(await timed(() => client.get('/s5/version'))).toBeLessThan(140)
  })

  it('a portal that refuses has no open sockets and takes no new ones, until it is well', async () => {
    const { portal, client, faults } = await openFaulty()
    const peer = await openPeer(portal.peerUri)
    await faults.set({ refuse: true })
    await peer.closed
    await expect(client.get('/health')).rejects.toThrow()
    await expect(openPeer(portal.peerUri)).rejects.toThrow('503')
    await faults.clear()
    await openPeer(portal.peerUri)
  })

  it('a partition cuts off the peers it names, whoever called whom, and nobody else', async () => {
    const { portal, write, faults } = await openFaulty()
    const others = await Promise.all([1, 2].map(() => openPortal({ peers: [portal.peerUri] })))
    const readAt = async (key: TestKey) =>
      Promise.all(
        others.map(async ({ url }) => (await createClient(url).readEntry(toBase64Url(key.publicKey))).status),
      )
    await eventually(() => expect(portal.stats().handshakes).toBe(2))
    await faults.set({ partitionFrom: [others[0]?.peerUri ?? ''] })
    const key = createKey()
    await write(key, 1)
    await eventually(async () => expect(await readAt(key)).toEqual([404, 200]))
    await faults.clear()
    await eventually(async () => expect(await readAt(key)).toEqual([200, 200]))
    await faults.set({ partitionFrom: 'all' })
    const later = createKey()
    await write(later, 1)
    expect(await readAt(later)).toEqual([404, 404])
  })

  it('a full disk acknowledges nothing, keeps what was there, and is over when it is cleared', async () => {
    const { portal, client, write, read, faults } = await openFaulty()
    const [before, after] = [createKey(), createKey()]
    const token = await client.register()
    await write(before, 1)
    await faults.set({ diskFull: true })
    const refused = [await write(after, 1), await write(before, 2), await client.upload(token, utf8('x'))]
    for (const answer of refused) expect((await problemOf(answer)).status).toBe(507)
    expect((await client.authenticate('register', createKey())).status).toBe(507)
    const peer = await openPeer(portal.peerUri)
    peer.send(entryBytes(signEntry(after, 1, data(1))))
    peer.send(registryQuery(before.publicKey))
    await peer.takeKind(7)
    expect([await read(before), await read(after)]).toEqual([1, undefined])
    await faults.clear()
    expect((await write(after, 1)).status).toBe(204)
  })

  it('a lost disk has nothing, not even accounts, and takes everything anew', async () => {
    const { client, write, read, faults } = await openFaulty()
    const key = createKey()
    const token = await client.register()
    await write(key, 9)
    const cid = await cidOf(await client.upload(token, utf8('gone')))
    await faults.set({ lostDisk: true })
    expect(await read(key)).toBeUndefined()
    expect((await client.get(`/s5/blob/${cid}`)).status).toBe(404)
    expect((await client.upload(token, utf8('gone'))).status).toBe(401)
    expect((await write(key, 1)).status).toBe(204)
    expect((await client.upload(await client.register(), utf8('gone'))).status).toBe(200)
  })
})

describe('the decisions of a seed', () => {
  const run = async (plan: FaultPlan) => {
    const { write, client } = await openFaulty(plan)
    const outcomes: boolean[] = []
    for (let part = 0; part < 4; part++) {
      outcomes.push(...(await answered((key) => write(key, 1), 10)))
      await client.get('/s5/version')
    }
    return outcomes
  }

  it('are the same each time, whatever comes between, and others with another seed', async () => {
    const plan = { seed: 42, dropAnswers: { registryWrite: 0.5 } }
    const first = await run(plan)
    expect(await run(plan)).toEqual(first)
    expect(await run({ ...plan, dropRequests: { version: 0 } })).toEqual(first)
    expect(await run({ ...plan, seed: 43 })).not.toEqual(first)
    const share = first.filter(Boolean).length / first.length
    expect(share).toBeGreaterThan(0.2)
    expect(share).toBeLessThan(0.8)
  })
})
