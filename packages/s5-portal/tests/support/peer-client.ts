import { once } from 'node:events'
import type { ClientRequestArgs } from 'node:http'
import { onTestFinished } from 'vitest'
import { type ClientOptions, WebSocket } from 'ws'
import { fromHex, toHex } from './bytes'
import type { EntryJson } from './entries'
import { createKey, signWith, type TestKey } from './keys'

/** The bytes here are laid out anew, as an S5 client lays them out, not by the code under test. */
const binary = (bytes: Uint8Array) => Buffer.concat([Buffer.of(0xc4, bytes.length), bytes])

export const registryQuery = (pk: Uint8Array): Uint8Array => Buffer.concat([Buffer.of(0x0d), binary(pk)])

export const hashQuery = (hash: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.of(4), binary(Buffer.concat([Buffer.of(0x1f), hash])), fromHex('920305')])

/** The wire form of an entry. */
export function entryBytes(entry: EntryJson): Uint8Array {
  const revision = Buffer.alloc(8)
  revision.writeBigUInt64LE(BigInt(entry.revision))
  const [pk, data, signature] = [entry.pk, entry.data, entry.signature].map((text) =>
    Buffer.from(text, 'base64url'),
  )
  const length = Buffer.of(data?.length ?? 0)
  return Buffer.concat([Buffer.of(7), pk ?? length, revision, length, data ?? length, signature ?? length])
}

export function signedMessage(key: TestKey, inner: Uint8Array): Uint8Array {
  const parts = [key.publicKey, signWith(key, inner), inner].map(binary)
  return Buffer.concat([Buffer.of(10), ...parts])
}

/** A socket to a node that has said nothing yet. It is closed when the test ends. */
export async function openSocket(peerUri: string, options: ClientOptions & ClientRequestArgs = {}) {
  const socket = new WebSocket(peerUri, { perMessageDeflate: false, ...options })
  const frames: Uint8Array[] = []
  const listeners = new Set<() => void>()
  socket.on('message', (data: Buffer) => {
    frames.push(new Uint8Array(data))
    for (const listener of [...listeners]) listener()
  })
  socket.on('error', () => {})
  const closed = once(socket, 'close').then(([code]) => code as number)
  onTestFinished(() => socket.terminate())
  await Promise.race([once(socket, 'open'), closed.then(() => Promise.reject(new Error('refused')))])

  /** The first frame, of those not yet taken, that fits; waits for it. */
  async function take(fits: (frame: Uint8Array) => boolean, ms = 10_000): Promise<Uint8Array> {
    const deadline = Date.now() + ms
    for (;;) {
      const index = frames.findIndex(fits)
      const [frame] = index < 0 ? [] : frames.splice(index, 1)
      if (frame !== undefined) return frame
      await new Promise<void>((resolve, reject) => {
        const wake = () => {
          clearTimeout(timer)
          listeners.delete(wake)
          resolve()
        }
        const timer = setTimeout(() => {
          listeners.delete(wake)
          reject(new Error(`no such frame came; others: ${frames.map(toHex)}`))
        }, deadline - Date.now())
        listeners.add(wake)
      })
    }
  }

  return {
    socket,
    frames,
    closed,
    send: (bytes: Uint8Array) => socket.send(bytes),
    take,
    takeKind: (kind: number) => take((frame) => frame[0] === kind),
  }
}

export type TestSocket = Awaited<ReturnType<typeof openSocket>>

/** A client on a socket, its handshake complete, as the S5 client for browsers makes it. */
export async function openPeer(peerUri: string, options: ClientOptions & ClientRequestArgs = {}) {
  const key = createKey()
  const socket = await openSocket(peerUri, options)
  socket.send(Buffer.concat([Buffer.of(1), binary(Buffer.alloc(64, 0x22))]))
  const open = await socket.takeKind(1)
  const inner = Buffer.concat([Buffer.of(2), binary(open.subarray(3)), Buffer.of(3, 0)])
  socket.send(signedMessage(key, inner))
  const done = await socket.takeKind(10)
  // What was sent before is worked off before what is answered now.
  return { ...socket, key, nodeKey: done.subarray(3, 36), nonce: Buffer.alloc(64, 0x22) }
}

export type TestPeer = Awaited<ReturnType<typeof openPeer>>
