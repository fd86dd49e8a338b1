import { newKeyPairEd25519 } from '../crypto/ed25519'
import type { KeyPairEd25519 } from '../crypto/key-pair'
import { randomBytes } from '../crypto/random'
import { ClosedError } from '../errors/caller-errors'
import { DeadlineExceededError } from '../errors/network-errors'
import { NoPeerAnsweredError, ReconnectionTimeoutError } from '../errors/peer-errors'
import { callSafely, Listeners } from '../events/listeners'
import { untilAborted, withDeadline } from '../http/with-deadline'
import type { Peer, PeerEvents } from './peer'
import { PeerAddress } from './peer-address'
import type { PeerConnection } from './peer-connection'
import { PeerMailbox } from './peer-mailbox'

/**
 * - `connected`: at least one peer finished the handshake
 * - `connecting`: none has, but a socket is opening or in the handshake
 * - `disconnected`: neither; the next attempt may be under way in a moment
 */
export type ConnectionStatus = 'connected' | 'connecting' | 'disconnected'

const RECONNECT_TIMEOUT_MS = 10_000

/** All peers of a client. Each is dialled again when it is lost, for as long as the network is open. */
export class PeerNetwork {
  /** What the peers say, checked. */
  readonly mail = new PeerMailbox()
  readonly #addresses: readonly PeerAddress[]
  readonly #changes = new Listeners<[ConnectionStatus]>()
  readonly #arrivals = new Listeners<[PeerConnection]>()
  readonly #closing = new AbortController()
  readonly #events: PeerEvents = {
    onChange: () => this.#changes.emit(this.status),
    onConnected: (connection) => this.#arrivals.emit(connection),
    onMessage: (connection, message) => this.mail.receive(connection, message),
  }
  #keyPair: KeyPairEd25519 | undefined
  #peers: Peer[] = []
  #reconnecting: Promise<void> | undefined

  /** @throws InvalidInputError */
  constructor(uris: readonly string[]) {
    const addressByUrl = new Map(uris.map((uri) => new PeerAddress(uri)).map((peer) => [peer.url, peer]))
    this.#addresses = [...addressByUrl.values()]
  }

  /** Whether there is no peer to dial. */
  get isEmpty(): boolean {
    return this.#addresses.length === 0
  }

  get status(): ConnectionStatus {
    if (this.connections().length > 0) return 'connected'
    return this.#peers.some((peer) => peer.isConnecting) ? 'connecting' : 'disconnected'
  }

  /** The peers that finished the handshake. */
  connections(): PeerConnection[] {
    return this.#peers.map((peer) => peer.connected).filter((connection) => connection !== undefined)
  }

  /** Calls back at once and at each event of a peer, whether or not the status changed with it. */
  onStatus(callback: (status: ConnectionStatus) => void): () => void {
    const remove = this.#changes.add(callback)
    callSafely(callback, this.status)
    return remove
  }

  /** Calls back for each peer that finishes the handshake, again when it does so again. */
  onConnected(callback: (connection: PeerConnection) => void): () => void {
    return this.#arrivals.add(callback)
  }

  /**
   * Dials all peers, with a key that is drawn for this run. Resolves when the first is connected.
   * @throws NoPeerAnsweredError when none is in time; nothing is left open then
   */
  async connect(timeoutMs: number): Promise<void> {
    if (this.isEmpty) return
    const keyPair = await newKeyPairEd25519(randomBytes(32))
    this.#keyPair = keyPair
    const { Peer } = await import('./peer')
    this.#peers = this.#addresses.map((address) => new Peer(address, keyPair, this.#events))
    try {
      await this.#dialAll(timeoutMs)
    } catch (error) {
      const cause = this.#peers.map((peer) => peer.lastFailure).find((failure) => failure !== undefined)
      this.close()
      if (!(error instanceof DeadlineExceededError)) throw error
      const hosts = this.#addresses.map(({ host }) => host)
      throw new NoPeerAnsweredError(hosts, timeoutMs, { cause })
    }
  }

  /** Drops all connections and dials anew; a call while one is under way joins it. @throws ReconnectionTimeoutError */
  reconnect(): Promise<void> {
    this.#reconnecting ??= this.#dialAll(RECONNECT_TIMEOUT_MS)
      .catch((error: unknown) => {
        throw error instanceof DeadlineExceededError ? new ReconnectionTimeoutError() : error
      })
      .finally(() => {
        this.#reconnecting = undefined
      })
    return this.#reconnecting
  }

  /** Hangs up for good. */
  close(): void {
    this.#closing.abort(new ClosedError('A closed S5 client'))
    for (const peer of this.#peers) peer.close()
    this.#keyPair?.privKey.wipe()
    if (this.#peers.length > 0) this.#changes.emit(this.status)
  }

  async #dialAll(timeoutMs: number): Promise<void> {
    if (this.isEmpty) return
    let remove = () => {}
    const first = new Promise<void>((resolve) => {
      remove = this.onConnected(() => resolve())
    })
    for (const peer of this.#peers) peer.close()
    for (const peer of this.#peers) peer.dial()
    const { signal } = this.#closing
    const wait = withDeadline({ signal, timeoutMs }, timeoutMs, (call) => untilAborted(first, call.signal))
    await wait.finally(remove)
  }
}
