import { connect } from 'node:net'
import fc from 'fast-check'
import { expect } from 'vitest'
import vectors from '../vectors/peer-messages.json'
import { fromHex } from './bytes'
import { createClient } from './client'
import { signEntry } from './entries'
import { createKey } from './keys'
import { entryBytes, openPeer } from './peer-client'
import { countFiles, eventually, makeTemporaryFolder, openPortal } from './portal'

const KINDS = [1, 2, 4, 5, 7, 8, 10, 13, 0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67]

/** Bytes that are nearly a message: of the known ones with a few bytes changed, cut or added. */
function nearly(wires: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  return fc
    .record({
      wire: fc.constantFrom(...wires),
      changes: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 4 }),
      cut: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(100) }),
      more: fc.oneof(
        { weight: 5, arbitrary: fc.constant(new Uint8Array()) },
        { weight: 1, arbitrary: fc.uint8Array() },
      ),
    })
    .map(({ wire, changes, cut, more }) => {
      const bytes = Uint8Array.from([...wire.subarray(0, Math.max(1, wire.length - cut)), ...more])
      for (const [at, change] of changes) bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ change
      return bytes
    })
}

/** Frames for a socket; none of them is a valid entry. */
export function frames(count: number, seed: number): Uint8Array[] {
  const entry = entryBytes(signEntry(createKey(), 3, new Uint8Array(33).fill(3)))
  const known = [entry, ...vectors.map(({ wire }) => fromHex(wire))]
  const random = fc
    .tuple(fc.constantFrom(...KINDS), fc.uint8Array({ maxLength: 300 }))
    .map(([kind, rest]) => Uint8Array.of(kind, ...rest))
  const big = fc.integer({ min: 1_000, max: 60_000 }).map((size) => new Uint8Array(size).fill(size))
  const some = fc.oneof(
    { weight: 60, arbitrary: nearly(known) },
    { weight: 40, arbitrary: random },
    { weight: 1, arbitrary: big },
  )
  const good = Buffer.from(entry)
  return fc.sample(some, { numRuns: count, seed }).filter((bytes) => !good.equals(bytes))
}

/** Requests as text, most of them nearly right. None of them is one that stores something. */
export function requests(count: number, seed: number): string[] {
  const pk = Buffer.from(createKey().publicKey).toString('base64url')
  const body = JSON.stringify({ ...signEntry(createKey(), 3, new Uint8Array(33)), signature: 'AA' })
  const known = [
    `GET /s5/registry?pk=${pk} HTTP/1.1\r\nHost: a\r\n\r\n`,
    `POST /s5/registry HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    `POST /s5/upload HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 9\r\n\r\n--x--\r\n  `,
    `GET /s5/blob/uW4Ie6o8WPbOGgpJeRJHF5Y1Ls1Bu-MFOt4qG6QjFYkpnIA8F HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1\r\n\r\n`,
    `GET /s5/account/register?pubKey=${pk} HTTP/1.1\r\nHost: a\r\n\r\n`,
    `GET /s5/p2p HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    `POST /s5/pin/b5khrmpntq2bjexseshc6ldklwnig56gbj23yvbxjbdcwestheahq HTTP/1.1\r\nHost: a\r\nCookie: s5-auth-token=x\r\n\r\n`,
    `OPTIONS /s5/upload HTTP/1.1\r\nHost: a\r\nOrigin: http://b\r\n\r\n`,
  ].map((text) => new Uint8Array(Buffer.from(text, 'latin1')))
  const some = fc.oneof(
    { weight: 20, arbitrary: nearly(known) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 500 }) },
  )
  return fc.sample(some, { numRuns: count, seed }).map((bytes) => Buffer.from(bytes).toString('latin1'))
}

/** Sends all of it to one portal and expects that nothing came of it, and that others were served meanwhile. */
export async function expectToWithstand(count: number, seed: number): Promise<void> {
  const dataDir = await makeTemporaryFolder()
  const errors: unknown[] = []
  const portal = await openPortal({ dataDir, onError: (error) => errors.push(error) })
  const other = await openPeer(portal.peerUri)
  const client = createClient(portal.url)
  const sentFrames = sendFrames(portal.peerUri, frames(Math.ceil(count * 0.8), seed))
  const sentRequests = sendRequests(portal.port, requests(Math.ceil(count * 0.2), seed))
  let isOver = false
  const sent = Promise.all([sentFrames, sentRequests]).finally(() => {
    isOver = true
  })
  for (let served = 0; !isOver || served < 10; served++)
    expect((await client.get('/health')).status).toBe(200)
  await sent
  const { registryWrites, uploads, pushes, registrations } = portal.stats()
  expect({ registryWrites, uploads, pushes, registrations, errors, frames: other.frames }).toEqual({
    registryWrites: 0,
    uploads: 0,
    pushes: 0,
    registrations: 0,
    errors: [],
    frames: [],
  })
  await eventually(async () => expect(await countFiles(dataDir)).toEqual({ blobs: 0, temporary: 0 }))
  const entry = signEntry(createKey(), 1, new Uint8Array(33))
  expect((await client.writeEntry(entry)).status).toBe(204)
  expect((await other.takeKind(7)).length).toBe(140)
}

async function sendFrames(peerUri: string, all: readonly Uint8Array[]): Promise<void> {
  const header = { headers: { 's5-portal-peer': 'ws://fuzz.example' } }
  const peers = await Promise.all([openPeer(peerUri), openPeer(peerUri, header), openPeer(peerUri, header)])
  for (const [index, frame] of all.entries()) {
    const peer = peers[index % peers.length]
    peer?.socket.send(index % 50 === 0 ? Buffer.from(frame).toString('hex').slice(0, 500) : frame)
    peer?.frames.splice(0)
    if (index % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  await Promise.all(
    peers.map(
      ({ socket }) =>
        new Promise((resolve) => {
          socket.once('pong', resolve)
          socket.once('close', resolve)
          socket.ping()
        }),
    ),
  )
  expect(peers.map(({ socket }) => socket.readyState)).toEqual([1, 1, 1])
}

async function sendRequests(port: number, all: readonly string[]): Promise<void> {
  const left = [...all]
  const work = async () => {
    for (let text = left.pop(); text !== undefined; text = left.pop()) await sendRequest(port, text)
  }
  await Promise.all(Array.from({ length: 16 }, work))
}

/** The end of what is sent is the end of the request, so that no half of one keeps the portal waiting. */
function sendRequest(port: number, text: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(text, 'latin1'))
    socket.setTimeout(2_000, () => socket.destroy())
    socket.resume().on('error', () => {})
    socket.on('close', () => resolve())
  })
}
