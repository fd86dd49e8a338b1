import { beforeAll, expect, test, vi } from 'vitest'
import {
  createRegistryEntry,
  JSCryptoImplementation,
  type KeyPairEd25519,
  type RegistryEntry,
  type S5,
} from '../../src/index'
import { createClient, createUser, startPortal } from '../support/network'

const content = new TextEncoder().encode('kept on S5')
const crypto = new JSCryptoImplementation()
let keyPair: KeyPairEd25519

beforeAll(async () => {
  keyPair = await crypto.newKeyPairEd25519(new Uint8Array(32).fill(1))
})

const entryOf = (revision: number, byte = revision % 256) =>
  createRegistryEntry({ keyPair, data: new Uint8Array(33).fill(byte), revision })

function listen(s5: S5): number[] {
  const heard: number[] = []
  s5.api.registryListen(keyPair.publicKey, ({ revision }) => heard.push(revision))
  return heard
}

test('what one client writes over HTTP, a client on the socket hears by push, and the other way round', async () => {
  const portal = await startPortal()
  const onHttp = await createClient({ portals: [portal.url] })
  const onSocket = await createClient({ initialPeers: [portal.peerUri] })
  const heard = listen(onSocket)
  await onHttp.api.registrySet(await entryOf(1))
  await vi.waitFor(() => expect(heard).toEqual([1]))
  await onSocket.api.registrySet(await entryOf(2))
  expect(await onHttp.api.registryGet(keyPair.publicKey)).toEqual(await entryOf(2))
  expect(await onSocket.api.registryGet(keyPair.publicKey)).toEqual(await entryOf(2))
})

test('F1(b): of many writers over sockets to a real portal exactly one wins, and the others learn what it wrote', async () => {
  const portal = await startPortal()
  const writers = await Promise.all(
    Array.from({ length: 16 }, () => createClient({ initialPeers: [portal.peerUri] })),
  )
  const entries = await Promise.all(writers.map((_, index) => entryOf(3, index)))
  const results = await Promise.allSettled(
    writers.map((writer, index) => writer.api.registrySet(entries[index] as RegistryEntry)),
  )
  const won = entries.filter((_, index) => results[index]?.status === 'fulfilled')
  expect(won).toHaveLength(1)
  for (const result of results.filter((result) => result.status === 'rejected')) {
    expect(result.reason).toMatchObject({ code: 'REVISION_CONFLICT', current: won[0] })
  }
})

test('F8: a portal that is also a peer makes no read or write wait for silence', async () => {
  const portal = await startPortal()
  const s5 = await createClient({ initialPeers: [portal.peerUri], portals: [portal.url] })
  await s5.api.registryGet(keyPair.publicKey)
  const startedAt = performance.now()
  for (let revision = 1; revision <= 20; revision++) {
    const other = await crypto.newKeyPairEd25519(new Uint8Array(32).fill(100 + revision))
    expect(await s5.api.registryGet(other.publicKey)).toBeUndefined()
    await s5.api.registrySet(await entryOf(revision))
  }
  // Less than the 50 ms that a silent peer is given, 20 times.
  expect(performance.now() - startedAt).toBeLessThan(1000)
})

test('a blob that is on a portal reaches a client that knows the portal as a peer only', async () => {
  const portal = await startPortal()
  const { hash } = await (await createUser(portal.url)).api.uploadBlob(content)
  const s5 = await createClient({ initialPeers: [portal.peerUri] })
  expect(await s5.api.downloadBlobAsBytes(hash)).toEqual(content)
})

test('what is written to one portal of a network, a client of another hears', async () => {
  const one = await startPortal()
  const two = await startPortal({ peers: [one.peerUri] })
  const [writer, reader] = [
    await createClient({ portals: [one.url] }),
    await createClient({ initialPeers: [two.peerUri] }),
  ]
  const heard = listen(reader)
  await writer.api.registrySet(await entryOf(1))
  await vi.waitFor(() => expect(heard).toEqual([1]), 5000)
})

test('F5: a portal that restarts finds its subscribers again, and they hear what they missed', async () => {
  const first = await startPortal()
  const s5 = await createClient({ initialPeers: [first.peerUri] })
  const heard = listen(s5)
  await s5.api.registrySet(await entryOf(1))
  await vi.waitFor(() => expect(heard).toEqual([1]))
  await first.close()
  await expect(s5.api.registrySet(await entryOf(2), { timeoutMs: 500 })).rejects.toMatchObject({
    retryable: true,
  })
  const second = await startPortal({ port: first.port })
  await (await createClient({ portals: [second.url] })).api.registrySet(await entryOf(3))
  await vi.waitFor(() => expect(heard).toEqual([1, 3]), 5000)
})

test('100 subscribers hear of a change', async () => {
  const portal = await startPortal()
  const clients = await Promise.all(
    Array.from({ length: 100 }, () => createClient({ initialPeers: [portal.peerUri] })),
  )
  const heard = clients.map(listen)
  const writer = await createClient({ portals: [portal.url] })
  await writer.api.registrySet(await entryOf(1))
  await vi.waitFor(() => expect(heard.filter(([revision]) => revision === 1)).toHaveLength(100), 5000)
})
