import { expect, test, vi } from 'vitest'
import { JSCryptoImplementation, type RegistryEntry, type S5 } from '../../src/index'
import { createClient, startFaultyPortal, startPortal, startProxy } from '../support/network'
import type { PeerNode } from '../support/peer-node'
import { entryOf, keyPair, otherKeyPair } from '../support/registry-entries'
import { startNode } from '../support/start-node'

/** A client that is connected with all of these. */
async function connect(nodes: PeerNode[], options: Parameters<typeof createClient>[0] = {}): Promise<S5> {
  const s5 = await createClient({ initialPeers: nodes.map(({ uri }) => uri), ...options })
  await vi.waitFor(() => expect(nodes.map((node) => node.count('signed') > 0)).not.toContain(false))
  return s5
}

async function whileDisconnected(s5: S5, node: PeerNode): Promise<void> {
  await node.stop()
  await vi.waitFor(() => expect(s5.getConnectionStatus()).toBe('disconnected'))
}

test('an entry that was acknowledged over the socket is what everyone reads, at any revision', async () => {
  const node = await startNode()
  const [writer, reader] = [await connect([node]), await connect([node])]
  for (const revision of [0, 1, 7, 2 ** 31, 2 ** 32 + 1, 2 ** 48]) {
    const entry = await entryOf(revision)
    await writer.api.registrySet(entry)
    expect(await reader.api.registryGet(keyPair.publicKey)).toEqual(entry)
  }
  expect(writer.getTransferStats().requests).toBe(0)
})

test('F1(b): of many writers of one revision exactly one is told that it wrote', async () => {
  const node = await startNode()
  const writers = await Promise.all(Array.from({ length: 8 }, () => connect([node])))
  const entries = await Promise.all(writers.map((_, index) => entryOf(3, index)))
  const results = await Promise.allSettled(
    writers.map((writer, index) => writer.api.registrySet(entries[index] as RegistryEntry)),
  )
  const won = entries.filter((_, index) => results[index]?.status === 'fulfilled')
  expect(won).toHaveLength(1)
  for (const result of results.filter((result) => result.status === 'rejected')) {
    expect(result.reason).toMatchObject({ code: 'REVISION_CONFLICT', retryable: false, current: won[0] })
    expect(String(result.reason)).toContain('Revision number too low')
  }
})

test('F1(b): an entry that the peer drops without a word is not acknowledged', async () => {
  const node = await startNode()
  node.instead = (message) => message.type === 'registryEntry'
  const s5 = await connect([node])
  await expect(s5.api.registrySet(await entryOf(1), { timeoutMs: 150 })).rejects.toMatchObject({
    code: 'TIMEOUT',
    retryable: true,
  })
  const stored = await entryOf(1)
  node.hold(stored)
  await expect(s5.api.registrySet(await entryOf(2), { timeoutMs: 150 })).rejects.toMatchObject({
    code: 'TIMEOUT',
  })
  await expect(s5.api.registrySet(await entryOf(1, 99))).rejects.toMatchObject({ current: stored })
})

test('a lower revision is a conflict that carries the stored entry, and the same entry again resolves', async () => {
  const node = await startNode()
  const s5 = await connect([node])
  const entry = await entryOf(5)
  await s5.api.registrySet(entry)
  await s5.api.registrySet(entry)
  await expect(s5.api.registrySet(await entryOf(4))).rejects.toMatchObject({ current: entry })
})

test('a peer that stores only after it has answered is asked again', async () => {
  const node = await startNode()
  node.hold(await entryOf(1))
  node.instead = (message, socket) => {
    if (message.type !== 'registryEntry') return false
    const isSecondQuery = () => node.count('registryQuery') > 1
    void vi
      .waitFor(() => expect(isSecondQuery()).toBe(true), 5000)
      .then(() => node.store(socket, message.entry))
    return true
  }
  const s5 = await connect([node])
  await s5.api.registrySet(await entryOf(2))
  expect(node.count('registryQuery')).toBeGreaterThan(1)
})

test('F4: silence is not absence, and a slow answer is an answer', async () => {
  const node = await startNode()
  const s5 = await connect([node])
  await expect(s5.api.registryGet(keyPair.publicKey, { timeoutMs: 150 })).rejects.toMatchObject({
    code: 'TIMEOUT',
    retryable: true,
  })
  const entry = await entryOf(1)
  node.hold(entry)
  node.instead = async (message) => {
    if (message.type === 'registryQuery') await new Promise((resolve) => setTimeout(resolve, 400))
    return false
  }
  expect(await s5.api.registryGet(keyPair.publicKey)).toEqual(entry)
})

test('F4: a peer that is silent does not make absent what a portal failed to answer', async () => {
  const [node, proxy] = [await startNode(), await startProxy()]
  const s5 = await connect([node], { portals: [proxy.url] })
  expect(await s5.api.registryGet(keyPair.publicKey)).toBeUndefined()
  proxy.fault = () => ({ status: 500 })
  await expect(s5.api.registryGet(keyPair.publicKey)).rejects.toMatchObject({ code: 'UNREACHABLE' })
})

test('F5: what is written while disconnected is refused at once, and nothing is sent later', async () => {
  const node = await startNode()
  const s5 = await connect([node])
  await whileDisconnected(s5, node)
  const startedAt = performance.now()
  for (const call of [s5.api.registrySet(await entryOf(1)), s5.api.registryGet(keyPair.publicKey)]) {
    await expect(call).rejects.toMatchObject({
      name: 'NotConnectedError',
      code: 'UNREACHABLE',
      retryable: true,
    })
    await expect(call).rejects.toThrow(/connection/)
  }
  expect(performance.now() - startedAt).toBeLessThan(1_000)
  await node.start()
  await s5.reconnect()
  expect(node.count('registryEntry')).toBe(0)
})

test('F5: a connection that breaks in the middle of a call ends it, and says that it may be tried again', async () => {
  const node = await startNode()
  const s5 = await connect([node])
  for (const call of [
    async () => s5.api.registrySet(await entryOf(1)),
    () => s5.api.registryGet(keyPair.publicKey),
  ]) {
    node.instead = (message) => {
      if (message.type === 'registryQuery') node.drop()
      return false
    }
    await expect(call()).rejects.toMatchObject({ name: 'PeerUnreachableError', retryable: true })
    node.instead = () => false
    await s5.reconnect()
  }
})

test('F5: reads after a reconnect are fresh', async () => {
  const node = await startNode()
  const s5 = await connect([node])
  node.hold(await entryOf(1))
  expect(await s5.api.registryGet(keyPair.publicKey)).toMatchObject({ revision: 1 })
  await whileDisconnected(s5, node)
  node.hold(await entryOf(2))
  await node.start()
  await s5.reconnect()
  expect(await s5.api.registryGet(keyPair.publicKey)).toMatchObject({ revision: 2 })
})

test('F8: nothing waits for a fixed time or asks in a loop', async () => {
  const [node, portal] = [await startNode(), await startPortal()]
  const s5 = await connect([node], { portals: [portal.url] })
  const startedAt = performance.now()
  for (let key = 10; key < 13; key++) {
    const owner = await new JSCryptoImplementation().newKeyPairEd25519(new Uint8Array(32).fill(key))
    expect(await s5.api.registryGet(owner.publicKey)).toBeUndefined()
    await s5.api.registrySet(await entryOf(1, 1, owner))
    await s5.api.registryGet(owner.publicKey)
  }
  expect(performance.now() - startedAt).toBeLessThan(1500)
  expect(node.count('registryQuery')).toBeLessThanOrEqual(12)
})

test('of several peers and portals the highest valid revision wins', async () => {
  const [one, two, portal] = [await startNode(), await startNode(), await startPortal()]
  const s5 = await connect([one, two], { portals: [portal.url] })
  const peersOnly = await connect([one, two])
  const onPortal = await createClient({ portals: [portal.url] })
  await onPortal.api.registrySet(await entryOf(1))
  expect(await s5.api.registryGet(keyPair.publicKey)).toMatchObject({ revision: 1 })
  one.hold(await entryOf(2))
  two.hold(await entryOf(3))
  expect(await s5.api.registryGet(keyPair.publicKey)).toMatchObject({ revision: 3 })
  expect(await peersOnly.api.registryGet(keyPair.publicKey)).toMatchObject({ revision: 3 })
  await onPortal.api.registrySet(await entryOf(4))
  expect(await s5.api.registryGet(keyPair.publicKey)).toMatchObject({ revision: 4 })
})

test('what a peer knows is not lost when a portal says 404', async () => {
  const [node, portal] = [await startNode(), await startPortal()]
  node.hold(await entryOf(1))
  const s5 = await connect([node], { portals: [portal.url] })
  expect(await s5.api.registryGet(keyPair.publicKey)).toMatchObject({ revision: 1 })
})

test('a write goes to portals and peers, and a conflict with any is a conflict', async () => {
  const [node, proxy] = [await startNode(), await startFaultyPortal()]
  const s5 = await connect([node], { portals: [proxy.url] })
  await s5.api.registrySet(await entryOf(1))
  expect([...node.entryByKey.values()]).toMatchObject([{ revision: 1 }])
  node.hold(await entryOf(5))
  await expect(s5.api.registrySet(await entryOf(3))).rejects.toMatchObject({ current: { revision: 5 } })
  proxy.fault = () => ({ status: 500 })
  await s5.api.registrySet(await entryOf(6))
  node.instead = () => true
  await expect(s5.api.registrySet(await entryOf(7))).rejects.toMatchObject({ code: 'UNREACHABLE' })
  proxy.fault = () => undefined
  await s5.api.registrySet(await entryOf(8))
})

test('a forged or foreign entry from a peer counts for nothing', async () => {
  const node = await startNode()
  const s5 = await connect([node])
  const entry = await entryOf(5)
  const foreign = await entryOf(9, 9, otherKeyPair)
  const forgeries = [
    { ...entry, revision: 6 },
    { ...entry, data: entry.data.with(0, 1) },
    { ...entry, signature: new Uint8Array(64) },
    { ...foreign, pk: entry.pk },
    foreign,
  ]
  node.instead = (message, socket) => {
    if (message.type !== 'registryQuery') return false
    for (const forgery of forgeries) node.send(socket, { type: 'registryEntry', entry: forgery })
    return false
  }
  await expect(s5.api.registryGet(keyPair.publicKey, { timeoutMs: 100 })).rejects.toMatchObject({
    code: 'TIMEOUT',
  })
  node.hold(entry)
  expect(await s5.api.registryGet(keyPair.publicKey)).toEqual(entry)
  await s5.api.registrySet(await entryOf(6, 60))
})

test('an abort ends a call to peers at once with the reason of the caller', async () => {
  const node = await startNode()
  const s5 = await connect([node])
  const controller = new AbortController()
  node.instead = (message) => {
    if (message.type === 'registryQuery') controller.abort('enough')
    return false
  }
  await expect(s5.api.registryGet(keyPair.publicKey, { signal: controller.signal })).rejects.toBe('enough')
})

test('a subscriber hears the current entry and each push, never an older or equal one', async () => {
  const node = await startNode()
  node.hold(await entryOf(3))
  const [s5, writer] = [await connect([node]), await connect([node])]
  const heard: number[] = []
  s5.api.registryListen(keyPair.publicKey, ({ revision }) => heard.push(revision))
  await vi.waitFor(() => expect(heard).toEqual([3]))
  await writer.api.registrySet(await entryOf(4))
  await vi.waitFor(() => expect(heard).toEqual([3, 4]))
  for (const entry of [await entryOf(4), await entryOf(2), await entryOf(4, 99), await entryOf(6)])
    node.push(entry)
  await vi.waitFor(() => expect(heard).toEqual([3, 4, 6]))
})

test('a subscriber hears nothing that is forged', async () => {
  const node = await startNode()
  const s5 = await connect([node])
  const heard: RegistryEntry[] = []
  s5.api.registryListen(keyPair.publicKey, (entry) => heard.push(entry))
  const entry = await entryOf(1)
  node.push({ ...entry, revision: 9 })
  node.push(await entryOf(9, 9, otherKeyPair))
  node.push(entry)
  await vi.waitFor(() => expect(heard).toEqual([entry]))
})

test('two subscribers of one key hear the same, and neither can spoil it for the other', async () => {
  const node = await startNode()
  const s5 = await connect([node])
  const heard: RegistryEntry[][] = [[], []]
  for (const list of heard) {
    s5.api.registryListen(keyPair.publicKey, (entry) => {
      list.push(structuredClone(entry))
      entry.data.fill(0)
    })
  }
  const entry = await entryOf(1)
  node.push(entry)
  await vi.waitFor(() => expect(heard).toEqual([[entry], [entry]]))
})

test('F5: a subscription outlives its connection, and what was missed arrives', async () => {
  const node = await startNode()
  const s5 = await connect([node])
  const heard: number[] = []
  s5.api.registryListen(keyPair.publicKey, ({ revision }) => heard.push(revision))
  node.push(await entryOf(1))
  await vi.waitFor(() => expect(heard).toEqual([1]))
  await whileDisconnected(s5, node)
  node.hold(await entryOf(2))
  await node.start()
  await vi.waitFor(() => expect(heard).toEqual([1, 2]), 5000)
})

test('a subscription that was ended hears nothing more', async () => {
  const node = await startNode()
  const s5 = await connect([node])
  const heard: number[] = []
  const controller = new AbortController()
  const { signal } = controller
  const stop = s5.api.registryListen(keyPair.publicKey, () => heard.push(1))
  s5.api.registryListen(keyPair.publicKey, () => heard.push(2), { signal })
  s5.api.registryListen(keyPair.publicKey, () => heard.push(3))
  stop()
  controller.abort()
  node.push(await entryOf(1))
  await vi.waitFor(() => expect(heard).toEqual([3]))
  expect(() => s5.api.registryListen(keyPair.publicKey, () => {}, { signal })).toThrow()
})

test('a subscription needs a key of the right form and a client with peers', async () => {
  const s5 = await connect([await startNode()])
  expect(() => s5.api.registryListen(keyPair.pubKey, () => {})).toThrow(
    expect.objectContaining({ code: 'INVALID_INPUT' }),
  )
  s5.close()
  expect(() => s5.api.registryListen(keyPair.publicKey, () => {})).toThrow(
    expect.objectContaining({ code: 'CLOSED' }),
  )
})
