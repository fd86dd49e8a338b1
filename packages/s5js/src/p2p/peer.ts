import type { KeyPairEd25519 } from '../crypto/key-pair'
import type { PeerUnreachableError } from '../errors/peer-errors'
import type { PeerAddress } from './peer-address'
import { PeerConnection } from './peer-connection'
import type { PeerMessage } from './peer-message'
import { reconnectDelay } from './reconnect-delay'

export interface PeerEvents {
  /** After each change of `isConnected` or `isConnecting`. */
  onChange(): void
  onConnected(connection: PeerConnection): void
  onMessage(connection: PeerConnection, message: PeerMessage): Promise<void>
}

/** A node that we want to be connected with: whenever the connection is lost, it is dialled again. */
export class Peer {
  readonly address: PeerAddress
  readonly #keyPair: KeyPairEd25519
  readonly #events: PeerEvents
  #connection: PeerConnection | undefined
  #failures = 0
  #lastFailure: PeerUnreachableError | undefined
  #retry: ReturnType<typeof setTimeout> | undefined

  constructor(address: PeerAddress, keyPair: KeyPairEd25519, events: PeerEvents) {
    this.address = address
    this.#keyPair = keyPair
    this.#events = events
  }

  /** The connection, if the handshake is complete. */
  get connected(): PeerConnection | undefined {
    return this.#connection?.isConnected ? this.#connection : undefined
  }

  /** Whether there is a socket that is opening or in the handshake. */
  get isConnecting(): boolean {
    return this.#connection?.isConnecting ?? false
  }

  /** Why the last attempt came to nothing. */
  get lastFailure(): PeerUnreachableError | undefined {
    return this.#lastFailure
  }

  /** Drops the connection, if there is one, and dials at once. */
  dial(): void {
    this.close()
    this.#connection = new PeerConnection(this.address, this.#keyPair, {
      onConnected: (connection) => this.#onConnected(connection),
      onMessage: (connection, message) => this.#events.onMessage(connection, message),
      onLost: (reason) => this.#onLost(reason),
    })
    this.#events.onChange()
  }

  /** Hangs up and does not dial again. */
  close(): void {
    clearTimeout(this.#retry)
    this.#connection?.close()
    this.#connection = undefined
  }

  #onConnected(connection: PeerConnection): void {
    this.#failures = 0
    this.#lastFailure = undefined
    this.#events.onConnected(connection)
    this.#events.onChange()
  }

  #onLost(reason: PeerUnreachableError): void {
    this.#lastFailure = reason
    this.#retry = setTimeout(() => this.dial(), reconnectDelay(this.#failures))
    this.#failures += 1
    this.#events.onChange()
  }
}
