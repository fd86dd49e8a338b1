import { expect, onTestFinished, test, vi } from 'vitest'
import { type ConnectionStatus, JSCryptoImplementation, S5 } from '../../src/index'
import { PeerAddress } from '../../src/p2p/peer-address'
import { PeerConnection } from '../../src/p2p/peer-connection'
import { toBase58 } from '../support/hex'
import { createClient } from '../support/network'
import type { PeerNode } from '../support/peer-node'
import { startNode } from '../support/start-node'

const crypto = new JSCryptoImplementation()
const clientKey = await crypto.newKeyPairEd25519(new Uint8Array(32).fill(200))

async function statusesOf(s5: S5): Promise<ConnectionStatus[]> {
  const seen: ConnectionStatus[] = []
  s5.onConnectionChange((status) => seen.push(status))
  return seen
}

const uriWithId = (node: PeerNode, publicKey = node.keyPair.publicKey) =>
  node.uri.replace('ws://', `ws://${toBase58(publicKey)}@`)

test('create resolves when the first peer has finished the handshake, whatever the others do', async () => {
  const [good, mute] = [await startNode(), await startNode()]
  mute.instead = () => true
  const s5 = await createClient({ initialPeers: [mute.uri, 'ws://127.0.0.1:9/s5/p2p', good.uri] })
  expect(s5.getConnectionStatus()).toBe('connected')
  const [done] = good.seen.filter((message) => message.type === 'signed')
  expect(done).toMatchObject({ content: expect.any(Uint8Array) })
})

test('when nobody answers, create says in time who was asked, by host only', async () => {
  const mute = await startNode()
  mute.instead = () => true
  const startedAt = performance.now()
  const secret = 'a-secret-in-the-query'
  const error = await S5.create({
    initialPeers: [`${mute.uri}?key=${secret}`, 'ws://127.0.0.1:9/s5/p2p'],
    timeoutMs: 100,
  }).catch((error: unknown) => error)
  expect(error).toMatchObject({
    name: 'NoPeerAnsweredError',
    code: 'TIMEOUT',
    retryable: true,
    hosts: [mute.host, '127.0.0.1:9'],
  })
  expect(String(error)).toContain(mute.host)
  expect(JSON.stringify(error) + String(error)).not.toContain(secret)
  expect(performance.now() - startedAt).toBeLessThan(1000)
  await vi.waitFor(() => expect(mute.sockets()).toEqual([]))
})

test('a peer that fails the handshake is not connected', async () => {
  const stranger = await crypto.newKeyPairEd25519(new Uint8Array(32).fill(77))
  const node = await startNode()
  const lies: PeerNode['instead'][] = [
    (message, socket) => {
      if (message.type === 'handshakeOpen') void node.shakeHands(socket, new Uint8Array(64))
      return true
    },
    (message, socket) => {
      if (message.type === 'handshakeOpen') void node.shakeHands(socket, message.challenge, node.keyPair, 1)
      return true
    },
    (message, socket) => {
      // Signed by one key, in the name of another.
      const claimed = { ...stranger, publicKey: node.keyPair.publicKey } as typeof stranger
      if (message.type === 'handshakeOpen') void node.shakeHands(socket, message.challenge, claimed)
      return true
    },
    () => true,
  ]
  for (const lie of lies) {
    node.instead = lie
    await expect(S5.create({ initialPeers: [node.uri], timeoutMs: 100 })).rejects.toMatchObject({
      name: 'NoPeerAnsweredError',
    })
  }
})

test('a mirror, which sends back what we send, is no peer', async () => {
  const node = await startNode()
  node.challenges = false
  node.instead = (message, socket) => {
    if (message.type !== 'unknown') node.send(socket, message)
    return true
  }
  await expect(S5.create({ initialPeers: [node.uri], timeoutMs: 100 })).rejects.toMatchObject({
    cause: { message: expect.stringContaining('our own key') },
  })
})

test('F12: a peer whose URI holds its id has to be that node', async () => {
  const [node, other] = [await startNode(), await startNode()]
  const s5 = await createClient({ initialPeers: [uriWithId(node)] })
  expect(s5.getConnectionStatus()).toBe('connected')
  const mistaken = S5.create({ initialPeers: [uriWithId(node, other.keyPair.publicKey)], timeoutMs: 100 })
  await expect(mistaken).rejects.toMatchObject({
    name: 'NoPeerAnsweredError',
    cause: { message: expect.stringContaining('another node') },
  })
})

test('F12: create without arguments resolves, and without an answer it ends', async () => {
  const s5 = await S5.create()
  expect(s5.getConnectionStatus()).toBe('disconnected')
  await s5.reconnect()
  s5.close()
  await expect(S5.create({ initialPeers: ['ws://127.0.0.1:9/s5/p2p'], timeoutMs: 50 })).rejects.toMatchObject(
    {
      code: 'TIMEOUT',
    },
  )
})

test('a peer URI is ws or wss, and an error about it does not quote it', async () => {
  const secret = 'hunter2'
  for (const uri of [
    'http://host',
    'host',
    '',
    `ws://user:${secret}@host`,
    `ws://${secret}@host`,
    `://${secret}`,
  ]) {
    const error = await S5.create({ initialPeers: [uri] }).catch((error: unknown) => error)
    expect(error).toMatchObject({ code: 'INVALID_INPUT' })
    expect(String(error)).not.toContain(secret)
  }
})

test('the callback hears the status at once and at each event', async () => {
  const node = await startNode()
  const s5 = await createClient({ initialPeers: [node.uri] })
  const seen = await statusesOf(s5)
  expect(seen).toEqual(['connected'])
  await node.stop()
  await vi.waitFor(() => expect(seen).toEqual(['connected', 'disconnected']))
  await node.start()
  await vi.waitFor(() => expect(seen.at(-1)).toBe('connected'), 5000)
  expect(seen).toContain('connecting')
})

test('an event of a second peer is told too, though the status stays', async () => {
  const [one, two] = [await startNode(), await startNode()]
  const s5 = await createClient({ initialPeers: [one.uri, two.uri] })
  await vi.waitFor(() => expect([one, two].map((node) => node.count('signed'))).toEqual([1, 1]))
  const seen = await statusesOf(s5)
  two.drop()
  await vi.waitFor(() => expect(seen.length).toBeGreaterThan(1))
  expect(new Set(seen)).toEqual(new Set(['connected']))
})

test('a listener that was removed hears nothing more', async () => {
  const node = await startNode()
  const s5 = await createClient({ initialPeers: [node.uri] })
  const callback = vi.fn()
  s5.onConnectionChange(callback)()
  const others = await statusesOf(s5)
  node.drop()
  await vi.waitFor(() => expect(others.length).toBeGreaterThan(1))
  expect(callback).toHaveBeenCalledTimes(1)
})

test('F5: a connection that is lost comes back by itself', async () => {
  const node = await startNode()
  const s5 = await createClient({ initialPeers: [node.uri] })
  node.drop()
  await vi.waitFor(() => expect(node.connections).toBe(2), 5000)
  await vi.waitFor(() => expect(s5.getConnectionStatus()).toBe('connected'))
})

test('reconnect drops the connection and dials at once; a second call joins the first', async () => {
  const node = await startNode()
  const s5 = await createClient({ initialPeers: [node.uri] })
  let letGo = () => {}
  const held = new Promise<boolean>((resolve) => {
    letGo = () => resolve(false)
  })
  node.instead = () => held
  const first = s5.reconnect()
  await vi.waitFor(() => expect(node.connections).toBe(2))
  const second = s5.reconnect()
  letGo()
  await Promise.all([first, second])
  expect(s5.getConnectionStatus()).toBe('connected')
  expect(node.connections).toBe(2)
})

test('reconnect does not wait for the time of the next attempt', async () => {
  const node = await startNode()
  const s5 = await createClient({ initialPeers: [node.uri] })
  await node.stop()
  await vi.waitFor(() => expect(s5.getConnectionStatus()).toBe('disconnected'))
  await node.start()
  const startedAt = performance.now()
  await s5.reconnect()
  expect(performance.now() - startedAt).toBeLessThan(900)
})

test('reconnect gives up after 10 seconds in the words of upstream, and dialling goes on', async () => {
  const node = await startNode()
  const s5 = await createClient({ initialPeers: [node.uri] })
  node.instead = () => true
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const calls = Promise.allSettled([s5.reconnect(), s5.reconnect()])
    await vi.advanceTimersByTimeAsync(10_000)
    for (const result of await calls) {
      expect(result).toMatchObject({
        reason: { code: 'TIMEOUT', message: 'Reconnection timeout: failed to connect within 10 seconds' },
      })
    }
  } finally {
    vi.useRealTimers()
  }
  node.instead = () => false
  await s5.reconnect()
  expect(s5.getConnectionStatus()).toBe('connected')
})

test('closing hangs up, ends a reconnect under way, and leaves nothing dialling', async () => {
  const node = await startNode()
  const s5 = await createClient({ initialPeers: [node.uri] })
  node.instead = () => true
  const reconnecting = s5.reconnect()
  s5.close()
  await expect(reconnecting).rejects.toMatchObject({ code: 'CLOSED' })
  await expect(s5.reconnect()).rejects.toMatchObject({ code: 'CLOSED' })
  expect(s5.getConnectionStatus()).toBe('disconnected')
  await vi.waitFor(() => expect(node.sockets()).toEqual([]))
})

test('a message that is longer than any can be ends the connection, and it comes back', async () => {
  const node = await startNode()
  const s5 = await createClient({ initialPeers: [node.uri] })
  for (const socket of node.sockets()) socket.send(new Uint8Array(70_000))
  await vi.waitFor(() => expect(node.connections).toBe(2), 5000)
  await vi.waitFor(() => expect(s5.getConnectionStatus()).toBe('connected'))
})

test('F5: a peer that has vanished without closing its socket is noticed and dialled again', async () => {
  const node = await startNode()
  await node.stop()
  node.answersPings = false
  await node.start()
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  try {
    const s5 = await createClient({ initialPeers: [node.uri] })
    await vi.advanceTimersByTimeAsync(20_000)
    expect(s5.getConnectionStatus()).toBe('connected')
    await vi.advanceTimersByTimeAsync(20_000)
    vi.useRealTimers()
    await vi.waitFor(() => expect(node.connections).toBe(2), 5000)
  } finally {
    vi.useRealTimers()
  }
})

test('a peer that sends more than can be checked is hung up on', async () => {
  const node = await startNode()
  let lost: unknown
  const connected = new Promise<PeerConnection>((resolve) => {
    const connection = new PeerConnection(new PeerAddress(node.uri), clientKey, {
      onConnected: resolve,
      onMessage: () => new Promise(() => {}),
      onLost: (reason) => {
        lost = reason
      },
    })
    onTestFinished(() => connection.close())
  })
  const connection = await connected
  const [socket] = node.sockets()
  for (let count = 0; count < 1024; count++) socket?.send(Uint8Array.of(99))
  await vi.waitFor(() => expect(socket?.bufferedAmount).toBe(0))
  expect(connection.isConnected).toBe(true)
  socket?.send(Uint8Array.of(99))
  await vi.waitFor(() => expect(lost).toMatchObject({ name: 'PeerUnreachableError' }))
})
