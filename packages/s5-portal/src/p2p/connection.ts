import { randomBytes } from 'node:crypto'
import type { RawData, WebSocket } from 'ws'
import { bytesEqual } from '../codec/bytes'
import type { Signer } from '../crypto/ed25519'
import type { Faults } from '../faults/faults'
import { TokenBucket } from '../limits/token-bucket'
import type { Counters } from '../stats/counters'
import { decodeMessage, encodeHandshakeDone, encodeHandshakeOpen, type PeerMessage } from './messages'
import { MalformedMessageError } from './msgpack-reader'
import { OutgoingFrames } from './outgoing-frames'
import type { Piece, PortalMessage } from './portal-messages'
import { Waiting } from './waiting'

/** Messages of one peer that are worked on at once; it is not read from while there are so many. */
const MAX_RUNNING = 128
const CHALLENGE_BYTES = 32
/** Portals fetch blobs over their sockets, clients do not. */
const CLIENT_WAITING_BYTES = 1024 * 1024
const PORTAL_WAITING_BYTES = 8 * 1024 * 1024
const HANDSHAKE_MS = 10_000

/** A page of a listing. */
export type Listing = Extract<PortalMessage, { kind: 'listing' }>

/** What all connections of a node share. */
export interface ConnectionEnvironment {
  readonly node: Signer
  readonly counters: Counters
  readonly faults: Faults | undefined
  readonly report: (error: unknown) => void
  onIdentified(connection: PeerConnection): void
  onMessage(message: PeerMessage, connection: PeerConnection): Promise<void>
  onClosed(connection: PeerConnection): void
}

/** What is known of the other side before it says anything. */
export interface PeerOrigin {
  /** The configured URI under which this node reached it; `undefined` when it came to us. */
  readonly dialedUri?: string
  /** What it announced as its own URI, if it is a portal of this kind. */
  readonly portalUri?: string
  /** The `Host` header with which it came. */
  readonly host?: string
  readonly messagesPerSecond: number
}

/** A socket to another node or to a client, with the handshake by which both prove who they are. */
export class PeerConnection {
  readonly origin: PeerOrigin
  /** Parts of blobs, and of listings, that were asked of this peer. */
  readonly pieces = new Waiting<Piece>()
  readonly listings = new Waiting<Listing>()
  /** `ed` and 32 bytes, once the peer has proved it. */
  nodeKey: Uint8Array | undefined
  readonly #socket: WebSocket
  readonly #environment: ConnectionEnvironment
  readonly #challenge = randomBytes(CHALLENGE_BYTES)
  readonly #bucket: TokenBucket
  readonly #outgoing: OutgoingFrames
  readonly #handshakeTimer: NodeJS.Timeout
  #hasAnswered = false
  #wasHeard = true
  #running = 0
  #holds = 0
  #arrivals: Promise<unknown> = Promise.resolve()

  constructor(socket: WebSocket, origin: PeerOrigin, environment: ConnectionEnvironment) {
    this.#socket = socket
    this.origin = origin
    this.#environment = environment
    this.#bucket = new TokenBucket(origin.messagesPerSecond, Date.now)
    const maxWaitingBytes = origin.portalUri === undefined ? CLIENT_WAITING_BYTES : PORTAL_WAITING_BYTES
    this.#outgoing = new OutgoingFrames(socket, maxWaitingBytes, environment.faults)
    this.#handshakeTimer = setTimeout(() => this.close(), HANDSHAKE_MS)
    socket.on('message', (data, isBinary) => this.#onFrame(data, isBinary))
    socket.on('pong', () => this.#noteSign())
    // What is wrong with a socket is followed by its close.
    socket.on('error', () => {})
    socket.once('close', () => this.#onClose())
    this.send(encodeHandshakeOpen(this.#challenge))
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN
  }

  /** Sends an answer or a question. */
  send(bytes: Uint8Array): void {
    this.#outgoing.send(bytes)
  }

  /** Sends what nobody asked for. */
  push(bytes: Uint8Array): void {
    this.#outgoing.push(bytes)
  }

  /** Asks for a sign of life, or closes the connection when the last question for one had no answer. */
  probe(): void {
    const isAlive = this.#wasHeard
    this.#wasHeard = false
    if (!isAlive) this.close()
    else if (this.isOpen) this.#socket.ping()
  }

  close(): void {
    this.#socket.terminate()
  }

  #noteSign(): void {
    this.#wasHeard = true
  }

  #onClose(): void {
    clearTimeout(this.#handshakeTimer)
    this.#outgoing.stop()
    this.pieces.giveUp()
    this.listings.giveUp()
    this.#environment.onClosed(this)
  }

  #onFrame(data: RawData, isBinary: boolean): void {
    this.#noteSign()
    if (!isBinary || !Buffer.isBuffer(data)) return
    this.#environment.counters.add('peerMessages')
    this.#holdFor(this.#bucket.borrow())
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.length)
    if (this.#environment.faults === undefined) this.#handle(bytes)
    else this.#handleFaultily(bytes, this.#environment.faults)
  }

  /** Delays keep the order of the messages, as a slow line would. */
  #handleFaultily(bytes: Uint8Array, faults: Faults): void {
    if (faults.strikes('dropRequests', 'p2p')) return
    const times = faults.strikes('duplicate', 'p2p') ? 2 : 1
    const arrival = faults.hold('p2p')
    this.#arrivals = Promise.all([this.#arrivals, arrival]).then(() => {
      for (let time = 0; time < times; time++) this.#handle(bytes)
    })
  }

  #handle(bytes: Uint8Array): void {
    const message = this.#decode(bytes)
    if (message === undefined) return
    if (message.kind === 'handshakeOpen') this.#answerHandshake(message.challenge)
    else if (message.kind === 'handshakeDone') this.#finishHandshake(message)
    else void this.#work(message)
  }

  #decode(bytes: Uint8Array): PeerMessage | undefined {
    try {
      return decodeMessage(bytes)
    } catch (error) {
      if (!(error instanceof MalformedMessageError)) throw error
      this.#environment.counters.add('malformedMessages')
      return undefined
    }
  }

  /** Once: a node that signs whatever it is given, as often as it is asked, can be kept busy with that. */
  #answerHandshake(challenge: Uint8Array): void {
    if (this.#hasAnswered) return
    this.#hasAnswered = true
    this.send(encodeHandshakeDone(challenge, this.#environment.node))
  }

  #finishHandshake({ signer, challenge }: Extract<PeerMessage, { kind: 'handshakeDone' }>): void {
    if (this.nodeKey !== undefined || !bytesEqual(challenge, this.#challenge)) return
    clearTimeout(this.#handshakeTimer)
    this.nodeKey = signer
    this.#environment.onIdentified(this)
  }

  async #work(message: PeerMessage): Promise<void> {
    this.#running += 1
    if (this.#running === MAX_RUNNING) this.#hold()
    try {
      await this.#environment.onMessage(message, this)
    } catch (error) {
      this.#environment.report(error)
    }
    if (this.#running === MAX_RUNNING) this.#release()
    this.#running -= 1
  }

  #holdFor(ms: number): void {
    if (ms === 0) return
    this.#hold()
    setTimeout(() => this.#release(), ms)
  }

  /** Not reading is what slows the other side down, and nobody else. */
  #hold(): void {
    this.#holds += 1
    this.#socket.pause()
  }

  #release(): void {
    this.#holds -= 1
    if (this.#holds === 0) this.#socket.resume()
  }
}
