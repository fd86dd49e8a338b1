import { expect, test, vi } from 'vitest'
import { hashBlake3, JSCryptoImplementation } from '../../src/index'
import { toHex } from '../support/hex'
import { createClient, createUser, startPortal, startProxy } from '../support/network'
import type { PeerNode, Place } from '../support/peer-node'
import { startNode } from '../support/start-node'

const content = new TextEncoder().encode('kept on S5')
const hash = await hashBlake3(content)
const inThePast = 1_000_000_000

/** A node that says these are the places of the blob. */
async function startNodeWith(...places: Place[]): Promise<PeerNode> {
  const node = await startNode()
  node.placesByHash.set(toHex(hash), places)
  return node
}

/** A server of one file. */
async function startServer(body: Uint8Array | string = content) {
  const proxy = await startProxy()
  proxy.fault = () => ({ status: 200, body })
  return proxy
}

test('a blob that no portal has comes from where a peer says it is', async () => {
  const [server, portal] = [await startServer(), await startPortal()]
  for (const kind of [3, 5]) {
    const node = await startNodeWith({ url: `${server.url}/some/file`, kind })
    const s5 = await createClient({ initialPeers: [node.uri], portals: [portal.url] })
    expect(await s5.api.downloadBlobAsBytes(hash)).toEqual(content)
    expect(node.seen.filter(({ type }) => type === 'hashQuery')).toMatchObject([
      { hash: Uint8Array.of(0x1f, ...hash), kinds: [3, 5] },
    ])
  }
  const [{ path, headers } = { path: '', headers: {} }] = server.seen
  expect(path).toBe('/some/file')
  expect(headers).not.toHaveProperty('authorization')
})

test('a client with peers only downloads, and is not told more than there is', async () => {
  const server = await startServer()
  const node = await startNodeWith({ url: server.url })
  const s5 = await createClient({ initialPeers: [node.uri] })
  expect(await s5.api.downloadBlobAsBytes(hash)).toEqual(content)
  const absent = new Uint8Array(32).fill(9)
  await expect(s5.api.downloadBlobAsBytes(absent, { timeoutMs: 100 })).rejects.toMatchObject({
    code: 'TIMEOUT',
    retryable: true,
  })
})

test('the portal is asked first, and the peer not at all if that has it', async () => {
  const portal = await startPortal()
  await (await createUser(portal.url)).api.uploadBlob(content)
  const node = await startNodeWith({ url: 'http://127.0.0.1:9/' })
  const s5 = await createClient({ initialPeers: [node.uri], portals: [portal.url] })
  expect(await s5.api.downloadBlobAsBytes(hash)).toEqual(content)
  expect(node.count('hashQuery')).toBe(0)
})

test('a place that lies, hangs, fails or is gone is dropped, and the next one is tried', async () => {
  const [liar, hanging, failing, good] = [
    await startServer('other bytes'),
    await startProxy(),
    await startProxy(),
    await startServer(),
  ]
  hanging.fault = () => 'hang'
  failing.fault = () => ({ status: 500 })
  const urls = [liar.url, failing.url, 'http://127.0.0.1:9/', hanging.url, good.url]
  const node = await startNodeWith(...urls.map((url) => ({ url })))
  const s5 = await createClient({ initialPeers: [node.uri] })
  expect(await s5.api.downloadBlobAsBytes(hash, { timeoutMs: 2000 })).toEqual(content)
})

test('when every place lies, nothing is built on it', async () => {
  const liar = await startServer('other bytes')
  const [node, portal] = [await startNodeWith({ url: liar.url }), await startPortal()]
  const peersOnly = await createClient({ initialPeers: [node.uri] })
  await expect(peersOnly.api.downloadBlobAsBytes(hash)).rejects.toMatchObject({ code: 'CORRUPT' })
  const s5 = await createClient({ initialPeers: [node.uri], portals: [portal.url] })
  await expect(s5.api.downloadBlobAsBytes(hash)).rejects.toMatchObject({ code: 'ABSENT' })
})

test('a place that cannot be reached just now does not make a blob absent', async () => {
  const [node, portal] = [await startNodeWith({ url: 'http://127.0.0.1:9/' }), await startPortal()]
  const s5 = await createClient({ initialPeers: [node.uri], portals: [portal.url] })
  await expect(s5.api.downloadBlobAsBytes(hash)).rejects.toMatchObject({
    code: 'UNREACHABLE',
    retryable: true,
  })
})

test('F12: a location that is expired, forged, of another kind or no web address is not followed', async () => {
  const server = await startServer()
  const stranger = await new JSCryptoImplementation().newKeyPairEd25519(new Uint8Array(32).fill(99))
  const wrong: Place[] = [
    { url: `${server.url}/expired`, expiresAtSeconds: inThePast },
    { url: `${server.url}/archive`, kind: 0 },
    { url: `${server.url}/bridge`, kind: 7 },
    { url: `${server.url}/forged`, signature: new Uint8Array(64) },
    { url: `${server.url}/stranger`, signer: stranger.publicKey },
    { url: `${server.url}/other`, hash: Uint8Array.of(0x1f, ...new Uint8Array(32)) },
    { url: `${server.url}/newer-byte`, hash: Uint8Array.of(0x1e, ...hash) },
    { url: '/relative' },
    { url: '' },
    { url: 'file:///etc/passwd' },
    { url: 'data:application/octet-stream,kept%20on%20S5' },
    { url: server.url.replace('://', '://user:password@') },
  ]
  const node = await startNodeWith(...wrong)
  const s5 = await createClient({ initialPeers: [node.uri] })
  await expect(s5.api.downloadBlobAsBytes(hash, { timeoutMs: 150 })).rejects.toMatchObject({
    code: 'TIMEOUT',
  })
  expect(server.seen).toEqual([])
})

test('F12: the hash that was asked for stays as it was, whatever byte it begins with', async () => {
  const server = await startServer()
  const node = await startNodeWith({ url: server.url })
  const s5 = await createClient({ initialPeers: [node.uri] })
  for (const multihash of [0x1e, 0x1f]) {
    const asked = Uint8Array.of(multihash, ...hash)
    expect(await s5.api.downloadBlobAsBytes(asked)).toEqual(content)
    expect(asked[0]).toBe(multihash)
  }
})

test('F10: a blob that came by way of a peer is neither looked for nor fetched again', async () => {
  const server = await startServer()
  const node = await startNodeWith({ url: server.url })
  const s5 = await createClient({ initialPeers: [node.uri] })
  for (let times = 0; times < 3; times++) {
    const bytes = await s5.api.downloadBlobAsBytes(hash)
    expect(bytes).toEqual(content)
    bytes.fill(0)
  }
  expect(server.seen).toHaveLength(1)
  expect(node.count('hashQuery')).toBe(1)
})

test('reading from a place stops at the bound', async () => {
  const server = await startProxy()
  server.fault = () => 'endless'
  const node = await startNodeWith({ url: server.url })
  const s5 = await createClient({ initialPeers: [node.uri] })
  await expect(s5.api.downloadBlobAsBytes(hash, { maxBytes: 100_000 })).rejects.toMatchObject({
    code: 'CORRUPT',
  })
  expect(s5.getTransferStats().bytesDown).toBeLessThan(1_000_000)
})

test('a download ends when its only peer has gone, and at once when none is connected', async () => {
  const node = await startNode()
  const s5 = await createClient({ initialPeers: [node.uri] })
  node.instead = (message) => {
    if (message.type === 'hashQuery') void node.stop()
    return false
  }
  await expect(s5.api.downloadBlobAsBytes(hash)).rejects.toMatchObject({ code: 'UNREACHABLE' })
  await vi.waitFor(() => expect(s5.getConnectionStatus()).toBe('disconnected'))
  await expect(s5.api.downloadBlobAsBytes(hash)).rejects.toMatchObject({ name: 'NotConnectedError' })
})
