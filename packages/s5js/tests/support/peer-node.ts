import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'
import { toBase64url } from '../../src/bytes/base64url'
import { type KeyPairEd25519, type RegistryEntry, verifyRegistryEntry } from '../../src/index'
import { decodeMessage } from '../../src/p2p/decode-message'
import { encodeMessage, signMessage } from '../../src/p2p/encode-message'
import type { PeerMessage } from '../../src/p2p/peer-message'
import { createStorageLocation, type StorageLocation } from '../../src/p2p/storage-location'
import { toHex } from './hex'

type Sent = Exclude<PeerMessage, { type: 'unknown' }>

/** Where a node says that a blob is; what is left out is as an honest node has it. */
export type Place = { url: string } & Partial<Omit<StorageLocation, 'parts'>>

/**
 * A real S5 node on loopback, as small as can be: a socket, a registry, and places of blobs.
 * It does what it is told to do wrong.
 */
export class PeerNode {
  readonly keyPair: KeyPairEd25519
  readonly entryByKey = new Map<string, RegistryEntry>()
  readonly placesByHash = new Map<string, Place[]>()
  readonly seen: PeerMessage[] = []
  /** Takes a message in place of the node; true if that is all that shall happen. */
  instead: (message: PeerMessage, socket: WebSocket) => boolean | Promise<boolean> = () => false
  /** Whether it answers pings; read when it starts. */
  answersPings = true
  /** Whether it sends a challenge of its own. */
  challenges = true
  #server: WebSocketServer | undefined
  #port = 0
  #connections = 0

  constructor(keyPair: KeyPairEd25519) {
    this.keyPair = keyPair
  }

  get uri(): string {
    return `ws://${this.host}/s5/p2p`
  }

  get host(): string {
    return `127.0.0.1:${this.#port}`
  }

  /** How many sockets were opened so far. */
  get connections(): number {
    return this.#connections
  }

  count(type: PeerMessage['type']): number {
    return this.seen.filter((message) => message.type === type).length
  }

  /** Listens; on the same port as before, if it did. */
  async start(): Promise<void> {
    const where = { host: '127.0.0.1', port: this.#port, path: '/s5/p2p' }
    const server = new WebSocketServer({ ...where, autoPong: this.answersPings })
    server.on('connection', (socket) => this.#onSocket(socket))
    await new Promise((resolve) => server.once('listening', resolve))
    this.#port = (server.address() as AddressInfo).port
    this.#server = server
  }

  async stop(): Promise<void> {
    this.drop()
    await new Promise((resolve) => this.#server?.close(resolve) ?? resolve(undefined))
  }

  /** Breaks all connections without a word. */
  drop(): void {
    for (const socket of this.sockets()) socket.terminate()
  }

  sockets(): WebSocket[] {
    return [...(this.#server?.clients ?? [])]
  }

  /** Stores without a check, and tells nobody. */
  hold(entry: RegistryEntry): void {
    this.entryByKey.set(toBase64url(entry.pk), entry)
  }

  push(entry: RegistryEntry, except?: WebSocket): void {
    for (const socket of this.sockets())
      if (socket !== except) this.send(socket, { type: 'registryEntry', entry })
  }

  send(socket: WebSocket, message: Sent): void {
    if (socket.readyState === WebSocket.OPEN) socket.send(encodeMessage(message))
  }

  #onSocket(socket: WebSocket): void {
    this.#connections += 1
    socket.binaryType = 'nodebuffer'
    socket.on('message', (bytes: Buffer) => {
      const message = decodeMessage(new Uint8Array(bytes))
      this.seen.push(message)
      void this.#onMessage(message, socket)
    })
    socket.on('error', () => {})
    const open: Sent = { type: 'handshakeOpen', challenge: new Uint8Array(32).fill(this.#connections) }
    if (this.challenges) this.send(socket, open)
  }

  async #onMessage(message: PeerMessage, socket: WebSocket): Promise<void> {
    if (await this.instead(message, socket)) return
    if (message.type === 'handshakeOpen') await this.shakeHands(socket, message.challenge)
    if (message.type === 'registryQuery') this.answer(socket, message.pk)
    if (message.type === 'registryEntry') await this.store(socket, message.entry)
    if (message.type === 'hashQuery') await this.locate(socket, message.hash)
  }

  async shakeHands(socket: WebSocket, challenge: Uint8Array, keyPair = this.keyPair, features = 3) {
    socket.send(await signMessage(keyPair, { type: 'handshakeDone', challenge, features, uris: [] }))
  }

  answer(socket: WebSocket, pk: Uint8Array): void {
    const entry = this.entryByKey.get(toBase64url(pk))
    if (entry !== undefined) this.send(socket, { type: 'registryEntry', entry })
  }

  async store(socket: WebSocket, entry: RegistryEntry): Promise<void> {
    if (!(await verifyRegistryEntry(entry))) return
    const stored = this.entryByKey.get(toBase64url(entry.pk))
    if (stored === undefined || entry.revision > stored.revision) {
      this.hold(entry)
      this.push(entry, socket)
    } else if (entry.revision < stored.revision) this.send(socket, { type: 'registryEntry', entry: stored })
  }

  async locate(socket: WebSocket, hash: Uint8Array): Promise<void> {
    for (const { url, ...rest } of this.placesByHash.get(toHex(hash.subarray(1))) ?? []) {
      const expiresAtSeconds = Math.floor(Date.now() / 1000) + 3600
      const honest = { hash, kind: 3, expiresAtSeconds, parts: [url] }
      const location = await createStorageLocation(this.keyPair, { ...honest, ...rest })
      this.send(socket, { type: 'storageLocation', location: { ...location, ...rest } })
    }
  }
}
