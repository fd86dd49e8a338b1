import type { KeyPairEd25519 } from '../crypto/key-pair'
import { PeerUnreachableError } from '../errors/peer-errors'
import { S5Error } from '../errors/s5-error'
import { Listeners } from '../events/listeners'
import { decodeMessage, MAX_MESSAGE_BYTES } from './decode-message'
import { encodeMessage } from './encode-message'
import { Handshake } from './handshake'
import { openSocket } from './open-socket'
import type { PeerAddress } from './peer-address'
import type { KnownPeerMessage, PeerMessage } from './peer-message'

const HANDSHAKE_TIMEOUT_MS = 10_000
/** Messages that may wait for the check of a signature. */
const MAX_PENDING = 1024
const OPEN = 1

/** What a connection tells the peer it belongs to. */
export interface ConnectionEvents {
  onConnected(connection: PeerConnection): void
  /** After the handshake only. */
  onMessage(connection: PeerConnection, message: PeerMessage): Promise<void>
  /** Once, last of all. Not called when it was us who closed. */
  onLost(reason: PeerUnreachableError): void
}

/**
 * One socket from dialling to its end. Connected when the other side has answered our challenge and we its;
 * before that nothing it sends is looked at. Messages that cannot be read are dropped.
 */
export class PeerConnection {
  readonly address: PeerAddress
  readonly #events: ConnectionEvents
  readonly #handshake: Handshake
  readonly #ended = new Listeners<[PeerUnreachableError]>()
  readonly #timer: ReturnType<typeof setTimeout>
  #socket: WebSocket | undefined
  #openedAt = 0
  #roundTripMs = 0
  #hasAnswered = false
  #isAnswered = false
  #isAnswering = false
  #pending = 0
  #end: PeerUnreachableError | undefined

  constructor(address: PeerAddress, keyPair: KeyPairEd25519, events: ConnectionEvents) {
    this.address = address
    this.#events = events
    this.#handshake = new Handshake(keyPair, address)
    this.#timer = setTimeout(() => this.#fail('no handshake in time'), HANDSHAKE_TIMEOUT_MS)
    void this.#dial()
  }

  get isConnected(): boolean {
    return this.#hasAnswered && this.#isAnswered && this.#end === undefined
  }

  /** Whether the socket is opening or in the handshake. */
  get isConnecting(): boolean {
    return !this.#isEnded && !this.isConnected
  }

  /** What the handshake took, from our challenge to the answer. */
  get roundTripMs(): number {
    return this.#roundTripMs
  }

  /** @throws PeerUnreachableError when the connection is gone */
  send(message: KnownPeerMessage): void {
    this.#write(encodeMessage(message))
  }

  /** As `send`, but drops the message when the connection is gone. */
  sendIfOpen(message: KnownPeerMessage): void {
    if (!this.#isEnded && this.#socket?.readyState === OPEN) this.#socket.send(encodeMessage(message))
  }

  /** Calls back when the connection is gone, at once if it is. @returns a function that takes it back */
  onEnd(callback: (reason: PeerUnreachableError) => void): () => void {
    if (this.#end !== undefined) callback(this.#end)
    return this.#ended.add(callback)
  }

  close(): void {
    this.#finish(this.#error('closed by us'))
  }

  #write(frame: Uint8Array<ArrayBuffer>): void {
    if (this.#end !== undefined) throw this.#end
    if (this.#socket?.readyState !== OPEN) throw this.#error('the socket is closing')
    this.#socket.send(frame)
  }

  // A getter, because the type checker does not know that an await may change the field.
  get #isEnded(): boolean {
    return this.#end !== undefined
  }

  async #dial(): Promise<void> {
    try {
      const socket = await openSocket(this.address.url)
      this.#socket = socket
      socket.addEventListener('open', () => this.#onOpen(socket))
      socket.addEventListener('message', ({ data }) => void this.#onFrame(data))
      socket.addEventListener('close', () => this.#fail('the connection closed'))
      // What failed is not told to pages, and in Node it may quote the URL.
      socket.addEventListener('error', () => this.#fail('no connection'))
      if (this.#isEnded) socket.close()
    } catch (cause) {
      this.#fail('no socket', cause)
    }
  }

  #onOpen(socket: WebSocket): void {
    this.#openedAt = performance.now()
    socket.send(this.#handshake.open())
  }

  async #onFrame(data: unknown): Promise<void> {
    if (!(data instanceof ArrayBuffer) || this.#end !== undefined) return
    if (data.byteLength > MAX_MESSAGE_BYTES) return this.#fail('it sent a message that is too long')
    const message = readable(new Uint8Array(data))
    if (message === undefined) return
    if (++this.#pending > MAX_PENDING) return this.#fail('it sent more than can be checked')
    try {
      await (this.isConnected ? this.#events.onMessage(this, message) : this.#shakeHands(message))
    } catch (error) {
      this.#fail(error instanceof S5Error ? error.message : 'the handshake failed', error)
    } finally {
      this.#pending -= 1
    }
  }

  async #shakeHands(message: PeerMessage): Promise<void> {
    if (message.type === 'handshakeOpen' && !this.#isAnswering) {
      this.#isAnswering = true
      const answer = await this.#handshake.answer(message.challenge)
      if (this.#isEnded) return
      this.#write(answer)
      this.#hasAnswered = true
    } else if (message.type === 'signed' && (await this.#handshake.isAnswered(message))) {
      this.#isAnswered = true
      this.#roundTripMs = performance.now() - this.#openedAt
    } else return
    if (this.isConnected) this.#onConnected()
  }

  #onConnected(): void {
    clearTimeout(this.#timer)
    this.#events.onConnected(this)
  }

  #fail(reason: string, cause?: unknown): void {
    if (this.#end !== undefined) return
    const error = this.#error(reason, cause)
    this.#finish(error)
    this.#events.onLost(error)
  }

  #finish(reason: PeerUnreachableError): void {
    if (this.#end !== undefined) return
    this.#end = reason
    clearTimeout(this.#timer)
    this.#socket?.close()
    this.#ended.emit(reason)
  }

  #error(reason: string, cause?: unknown): PeerUnreachableError {
    return new PeerUnreachableError(this.address.host, reason, cause === undefined ? {} : { cause })
  }
}

function readable(bytes: Uint8Array): PeerMessage | undefined {
  try {
    return decodeMessage(bytes)
  } catch {
    // A node of another kind, or a hostile one: either way it is not for us.
    return undefined
  }
}
