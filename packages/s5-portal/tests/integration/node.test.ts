import { statSync } from 'node:fs'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { verifyEd25519 } from '../../src/crypto/ed25519'
import { fromHex, hashOf, toBase64Url, toHex, utf8 } from '../support/bytes'
import { createClient, problemOf } from '../support/client'
import { signEntry } from '../support/entries'
import { createKey } from '../support/keys'
import {
  entryBytes,
  hashQuery,
  openPeer,
  openSocket,
  registryQuery,
  signedMessage,
} from '../support/peer-client'
import { eventually, makeTemporaryFolder, openPortal } from '../support/portal'
import vectors from '../vectors/peer-messages.json'
import entryVector from '../vectors/registry-entry.json'

const wireOf = (name: string) => fromHex(vectors.find((vector) => vector.name === name)?.wire ?? '')
const data = (fill: number) => new Uint8Array(33).fill(fill)

describe('the flow of bytes that S5 clients know:', () => {
  it('both sides open at once, and each signs the challenge of the other', async () => {
    const { peerUri } = await openPortal()
    const socket = await openSocket(peerUri)
    const open = await socket.takeKind(1)
    expect(toHex(open.subarray(0, 3))).toBe('01c420')
    expect(open.length).toBe(35)
    socket.send(wireOf('handshakeOpen'))
    const done = await socket.takeKind(10)
    const [pk, signature, inner] = [done.subarray(3, 36), done.subarray(38, 102), done.subarray(104)]
    expect(toHex(done.subarray(0, 4))).toBe('0ac421ed')
    expect(toHex(inner)).toBe(`02c440${'22'.repeat(64)}0300`)
    expect(verifyEd25519(pk, inner, signature)).toBe(true)
  })

  it('a stored entry is the answer to a query, byte for byte', async () => {
    const { peerUri } = await openPortal()
    const writer = await openPeer(peerUri)
    writer.send(fromHex(entryVector.wire))
    writer.send(wireOf('registryQuery'))
    expect(toHex(await writer.takeKind(7))).toBe(entryVector.wire)
  })

  it('a query for what is not there has no answer', async () => {
    const { peerUri } = await openPortal()
    const client = await openPeer(peerUri)
    client.send(wireOf('registryQuery'))
    client.send(fromHex(entryVector.wire))
    client.send(wireOf('registryQuery'))
    await client.takeKind(7)
    expect(client.frames).toEqual([])
  })

  it('a stored blob is found by a signed location that a plain GET can follow', async () => {
    const { peerUri, url } = await openPortal()
    const client = createClient(url)
    await client.upload(await client.register(), utf8('hello'))
    const peer = await openPeer(peerUri)
    peer.send(wireOf('hashQuery'))
    const location = await peer.takeKind(5)
    const view = Buffer.from(location)
    const end = 42 + view.readUInt16LE(40)
    expect(toHex(location.subarray(0, 35))).toBe(`051f${toHex(await hashOf(utf8('hello')))}03`)
    expect(view.readUInt32LE(34 + 1)).toBeGreaterThan(Date.now() / 1000 + 3_600)
    expect(location[39]).toBe(1)
    const parts = [
      location.subarray(0, end + 1),
      location.subarray(end + 1, end + 34),
      location.subarray(end + 34),
    ]
    const [message = view, pk = view, signature = view] = parts
    expect(message.at(-1)).toBe(0)
    expect(verifyEd25519(pk, message, signature)).toBe(true)
    expect(toHex(pk)).toBe(toHex(peer.nodeKey))
    const answer = await fetch(view.subarray(42, end).toString())
    expect(await answer.text()).toBe('hello')
  })

  it('a location is below the public URL when there is one, else below the host that was asked', async () => {
    const urls: string[] = []
    for (const options of [{ publicUrl: 'https://portal.example/' }, {}]) {
      const { peerUri, url } = await openPortal(options)
      const client = createClient(url, options.publicUrl && 'portal.example')
      await client.upload(await client.register(), utf8('hello'))
      const peer = await openPeer(peerUri, { headers: { host: 'other.example:8' } })
      peer.send(hashQuery(await hashOf(utf8('hello'))))
      const location = Buffer.from(await peer.takeKind(5))
      urls.push(location.subarray(42, 42 + location.readUInt16LE(40)).toString())
    }
    expect(urls[0]).toMatch(/^https:\/\/portal\.example\/s5\/blob\/b[a-z2-7]+$/)
    expect(urls[1]).toMatch(/^http:\/\/other\.example:8\/s5\/blob\/b[a-z2-7]+$/)
  })
})

describe('an entry', () => {
  it('that was accepted is pushed to all but the one it came from', async () => {
    const { peerUri } = await openPortal()
    const [writer, ...others] = await Promise.all([1, 2, 3].map(() => openPeer(peerUri)))
    const wire = entryBytes(signEntry(createKey(), 1, data(1)))
    writer?.send(wire)
    for (const other of others) expect(toHex(await other.takeKind(7))).toBe(toHex(wire))
    writer?.send(registryQuery(wire.subarray(1, 34)))
    await writer?.takeKind(7)
    expect(writer?.frames).toEqual([])
  })

  it('that comes by HTTP is pushed too, and one that changes nothing is not', async () => {
    const { peerUri, url } = await openPortal()
    const peer = await openPeer(peerUri)
    const entries = [1, 1, 2].map((revision) => signEntry(KEY, revision, data(revision)))
    for (const entry of entries) expect((await createClient(url).writeEntry(entry)).status).toBe(204)
    const revisions = [await peer.takeKind(7), await peer.takeKind(7)].map((frame) => frame[34])
    expect(revisions).toEqual([1, 2])
  })

  it('from a socket can be read by HTTP, and is there after a restart', async () => {
    const dataDir = await makeTemporaryFolder()
    const first = await openPortal({ dataDir })
    const peer = await openPeer(first.peerUri)
    const entry = signEntry(KEY, 3, data(3))
    peer.send(entryBytes(entry))
    peer.send(registryQuery(KEY.publicKey))
    await peer.takeKind(7)
    await first.close()
    const second = await openPortal({ dataDir })
    expect(await (await createClient(second.url).readEntry(entry.pk)).json()).toEqual(entry)
  })

  it('that loses gets the one that wins sent back, and changes nothing', async () => {
    const { peerUri, url } = await openPortal()
    const [peer, other] = await Promise.all([openPeer(peerUri), openPeer(peerUri)])
    const winner = signEntry(KEY, 5, data(5))
    await createClient(url).writeEntry(winner)
    for (const socket of [peer, other]) await socket.takeKind(7)
    for (const loser of [signEntry(KEY, 4, data(4)), signEntry(KEY, 5, data(6))]) {
      peer.send(entryBytes(loser))
      expect(toHex(await peer.takeKind(7))).toBe(toHex(entryBytes(winner)))
    }
    expect(await (await createClient(url).readEntry(winner.pk)).json()).toEqual(winner)
    expect(other.frames).toEqual([])
  })

  it('that is forged or malformed is dropped without a word', async () => {
    const portal = await openPortal()
    const [peer, other] = await Promise.all([openPeer(portal.peerUri), openPeer(portal.peerUri)])
    const good = entryBytes(signEntry(KEY, 1, data(1)))
    const forged = good.map((byte, index) => (index === 50 ? byte ^ 1 : byte))
    const tooNew = entryBytes(signEntry(createKey(), 2 ** 48 + 1, data(1)))
    for (const bad of [forged, good.subarray(1), good.subarray(0, -1), tooNew]) peer.send(bad)
    await eventually(() => expect(portal.stats().malformedMessages).toBeGreaterThanOrEqual(3))
    peer.send(good)
    await other.takeKind(7)
    expect([...peer.frames, ...other.frames]).toEqual([])
    expect(portal.stats().pushes).toBe(1)
  })
})

const KEY = createKey()

describe('a socket', () => {
  it('may announce peers and say what nobody knows, and goes on', async () => {
    const { peerUri } = await openPortal()
    const peer = await openPeer(peerUri)
    peer.send(signedMessage(createKey(), Buffer.of(8, 1, 0xc4, 1, 9, 0xc3, 1, 0xa2, 0x77, 0x73)))
    peer.send(Buffer.of(0x6f, 1, 2, 3))
    peer.socket.send('text')
    peer.send(fromHex(entryVector.wire))
    peer.send(wireOf('registryQuery'))
    await peer.takeKind(7)
    expect(peer.frames).toEqual([])
  })

  it('that sends more than 64 KiB in one message is closed', async () => {
    const { peerUri } = await openPortal()
    const peer = await openPeer(peerUri)
    peer.send(new Uint8Array(64 * 1024 + 1))
    expect(await peer.closed).toBe(1009)
  })

  it('that does not give a sign of life is closed', async () => {
    const { peerUri } = await openPortal({}, { network: { ...NETWORK, probeMs: 40 } })
    const [silent, lively] = await Promise.all([openPeer(peerUri, { autoPong: false }), openPeer(peerUri)])
    expect(await silent.closed).toBe(1006)
    expect(lively.socket.readyState).toBe(lively.socket.OPEN)
  })

  it('is opened on its path only, and a plain request there is told so', async () => {
    const { peerUri, url } = await openPortal()
    await expect(openSocket(peerUri.replace('/p2p', '/other'))).rejects.toThrow('404')
    const answer = await fetch(`${url}/s5/p2p`)
    expect((await problemOf(answer)).status).toBe(426)
  })

  it('does not keep the portal from stopping', async () => {
    const portal = await openPortal()
    const peer = await openPeer(portal.peerUri)
    await portal.close()
    expect(await peer.closed).toBe(1006)
  })
})

const NETWORK = {
  dial: { firstMs: 5, maxMs: 100 },
  sync: { retryMs: 20, againMs: 60_000 },
  probeMs: 30_000,
}

describe('the identity of a node', () => {
  it('stays the same over restarts, in a file that only its owner can read', async () => {
    const dataDir = await makeTemporaryFolder()
    const keys: string[] = []
    for (let start = 0; start < 2; start++) {
      const portal = await openPortal({ dataDir })
      keys.push(toBase64Url((await openPeer(portal.peerUri)).nodeKey))
      await portal.close()
      expect(statSync(join(dataDir, 'node-key')).mode & 0o777).toBe(0o600)
      await chmod(join(dataDir, 'node-key'), 0o644)
    }
    expect(keys[1]).toBe(keys[0])
    expect((await readFile(join(dataDir, 'node-key'))).length).toBe(32)
  })

  it('is a new one in memory', async () => {
    const portals = await Promise.all([openPortal(), openPortal()])
    const [first, second] = await Promise.all(portals.map(({ peerUri }) => openPeer(peerUri)))
    expect(toHex(first?.nodeKey ?? KEY.publicKey)).not.toBe(toHex(second?.nodeKey ?? KEY.publicKey))
  })

  it('that is damaged keeps the portal from starting under another one', async () => {
    const dataDir = await makeTemporaryFolder()
    await writeFile(join(dataDir, 'node-key'), 'short')
    await expect(openPortal({ dataDir })).rejects.toMatchObject({ code: 'DATA_DIR_UNUSABLE' })
    await writeFile(join(dataDir, 'node-key'), new Uint8Array(32))
    await openPortal({ dataDir })
  })
})
