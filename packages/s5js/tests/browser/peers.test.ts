import { expect, inject, onTestFinished, test, vi } from 'vitest'
import { createRegistryEntry, deserializeRegistryEntry, type KeyPairEd25519, S5 } from '../../src/index'
import { ownEntry, ownKeyPair } from './own-entry'

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

/** Makes the device in Node do something for the user of this phrase. */
function inNode(task: 'write' | 'hear', phrase: string, revision = 0): Promise<Response> {
  return fetch(`${nodeSideUrl}/${task}`, { method: 'POST', body: JSON.stringify({ phrase, revision }) })
}

async function connectUser(): Promise<{ s5: S5; phrase: string }> {
  const s5 = await connect()
  const phrase = s5.generateSeedPhrase()
  await s5.recoverIdentityFromSeedPhrase(phrase)
  return { s5, phrase }
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

test('what a device in Node writes, a page with the same seed phrase hears by push', async () => {
  const { s5, phrase } = await connectUser()
  const heard: number[] = []
  const { publicKey } = await ownKeyPair(s5)
  s5.api.registryListen(publicKey, ({ revision }) => heard.push(revision))
  for (const revision of [1, 2, 3]) {
    expect((await inNode('write', phrase, revision)).ok).toBe(true)
    await vi.waitFor(() => expect(heard.at(-1)).toBe(revision))
  }
  expect(heard).toEqual([1, 2, 3])
})

test('what a page writes, a device in Node with the same seed phrase hears by push', async () => {
  const { s5, phrase } = await connectUser()
  const pushed = await inNode('hear', phrase)
  const entry = await ownEntry(s5, 5)
  await s5.api.registrySet(entry)
  expect(deserializeRegistryEntry(new Uint8Array(await pushed.arrayBuffer()))).toEqual(entry)
})
