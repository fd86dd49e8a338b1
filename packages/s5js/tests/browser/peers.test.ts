import { expect, inject, onTestFinished, test, vi } from 'vitest'
import { toBase64url } from '../../src/bytes/base64url'
import {
  createRegistryEntry,
  deserializeRegistryEntry,
  type KeyPairEd25519,
  type RegistryEntry,
  S5,
  serializeRegistryEntry,
} from '../../src/index'

const peerUri = inject('peerUri')
const nodeSideUrl = inject('nodeSideUrl')

async function connect(): Promise<S5> {
  const s5 = await S5.create({ initialPeers: [peerUri] })
  onTestFinished(() => s5.close())
  return s5
}

const newKeyPair = (s5: S5) => s5.crypto.newKeyPairEd25519(s5.crypto.generateSecureRandomBytes(32))

const entryOf = (keyPair: KeyPairEd25519, revision: number, byte = revision) =>
  createRegistryEntry({ keyPair, data: new Uint8Array(33).fill(byte), revision })

async function setInNode(entry: RegistryEntry): Promise<void> {
  const body = new Uint8Array(serializeRegistryEntry(entry))
  const response = await fetch(`${nodeSideUrl}/entry`, { method: 'POST', body })
  expect(response.ok).toBe(true)
}

test('a page connects by its own WebSocket, and again after reconnect', async () => {
  const s5 = await connect()
  const seen: string[] = []
  s5.onConnectionChange((status) => seen.push(status))
  await s5.reconnect()
  expect(seen).toEqual(['connected', 'connecting', 'connected', 'connected'].slice(0, seen.length))
  expect(s5.getConnectionStatus()).toBe('connected')
})

test('a page that finds no peer is told so in time', async () => {
  await expect(
    S5.create({ initialPeers: ['ws://127.0.0.1:9/s5/p2p'], timeoutMs: 200 }),
  ).rejects.toMatchObject({ name: 'NoPeerAnsweredError', hosts: ['127.0.0.1:9'] })
})

test('the registry works over the socket of a page, conflicts too', async () => {
  const [one, two] = [await connect(), await connect()]
  const keyPair = await newKeyPair(one)
  const stored = await entryOf(keyPair, 7)
  await one.api.registrySet(stored)
  expect(await two.api.registryGet(keyPair.publicKey)).toEqual(stored)
  await expect(two.api.registrySet(await entryOf(keyPair, 7, 8))).rejects.toMatchObject({ current: stored })
  await expect(
    two.api.registryGet((await newKeyPair(two)).publicKey, { timeoutMs: 100 }),
  ).rejects.toMatchObject({ code: 'TIMEOUT' })
})

test('what a client in Node writes, the page hears by push', async () => {
  const s5 = await connect()
  const keyPair = await newKeyPair(s5)
  const heard: number[] = []
  s5.api.registryListen(keyPair.publicKey, ({ revision }) => heard.push(revision))
  for (const revision of [1, 2, 3]) {
    await setInNode(await entryOf(keyPair, revision))
    await vi.waitFor(() => expect(heard.at(-1)).toBe(revision))
  }
  expect(heard).toEqual([1, 2, 3])
})

test('what a page writes, a client in Node hears by push', async () => {
  const s5 = await connect()
  const keyPair = await newKeyPair(s5)
  const pushed = await fetch(`${nodeSideUrl}/pushed/${toBase64url(keyPair.publicKey)}`)
  const entry = await entryOf(keyPair, 5)
  await s5.api.registrySet(entry)
  expect(deserializeRegistryEntry(new Uint8Array(await pushed.arrayBuffer()))).toEqual(entry)
})
