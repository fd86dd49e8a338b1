import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { PinnedBlobs } from '../blobs/pinned-blobs'
import { formatBlobId } from '../codec/blob-id'
import type { Signer } from '../crypto/ed25519'
import type { Faults } from '../faults/faults'
import type { ClientGate } from '../limits/client-gate'
import type { PortalLog } from '../portal-log'
import type { Registry } from '../registry/registry'
import type { Counters } from '../stats/counters'
import type { BlobExchange } from './blob-exchange'
import { type ConnectionEnvironment, PeerConnection, type PeerOrigin } from './connection'
import { Dialer, type DialTimes } from './dialer'
import type { EntryExchange } from './entry-exchange'
import type { PeerMessage } from './messages'
import type { Peers } from './peers'
import { pieceKey } from './piece-reader'
import type { PortalMessage } from './portal-messages'
import { answerListing, listingKey, PortalSync, type SyncTimes } from './portal-sync'
import { SocketDoor } from './socket-door'
import { encodeStorageLocation, FILE_LOCATION } from './storage-location'

const LOCATION_SECONDS = 24 * 60 * 60
const FULL_NODE_LOCATION = 5
const HOST_FORM = /^[\w.:[\]-]{1,255}$/
/** A configured peer may send as fast as it likes: it is the operator who chose it. */
const UNLIMITED = Number.MAX_SAFE_INTEGER

/** What a node is made of. */
export interface PeerNodeParts {
  readonly signer: Signer
  readonly registry: Registry
  readonly blobs: PinnedBlobs
  readonly peers: Peers
  readonly entryExchange: EntryExchange
  readonly blobExchange: BlobExchange
  readonly gate: ClientGate
  readonly counters: Counters
  readonly faults: Faults | undefined
  readonly log: PortalLog
  readonly report: (error: unknown) => void
  /** Unix milliseconds. */
  readonly now: () => number
}

export interface PeerNodeSettings {
  /** The URIs of the peers to which a connection is kept. */
  readonly peerUris: readonly string[]
  /** The URI by which others reach this node. */
  readonly ownUri: string
  /** Where the portal listens, and the URL under which clients know it; without a slash at the end. */
  readonly url: string
  readonly publicUrl: string | undefined
  readonly maxSockets: number
  readonly dialTimes: DialTimes
  readonly syncTimes: SyncTimes
}

/** A node of the S5 network: takes in sockets, keeps those to its own peers, and does what messages ask for. */
export class PeerNode {
  readonly #parts: PeerNodeParts
  readonly #settings: PeerNodeSettings
  readonly #door: SocketDoor
  readonly #dialers: readonly Dialer[]
  readonly #dialerByUri: ReadonlyMap<string, Dialer>
  readonly #syncByPeer = new Map<PeerConnection, PortalSync>()
  readonly #environment: ConnectionEnvironment
  #isClosed = false

  constructor(parts: PeerNodeParts, settings: PeerNodeSettings) {
    this.#parts = parts
    this.#settings = settings
    const { ownUri } = settings
    this.#door = new SocketDoor({
      ownUri,
      findRefusal: (portalUri) => this.#findRefusal(portalUri),
      onOpen: (socket, request, portalUri) => this.#accept(socket, request, portalUri),
    })
    this.#dialerByUri = new Map(settings.peerUris.map((uri) => [uri, this.#createDialer(uri)]))
    this.#dialers = [...this.#dialerByUri.values()]
    this.#environment = {
      node: parts.signer,
      counters: parts.counters,
      faults: parts.faults,
      report: parts.report,
      onIdentified: (connection) => this.#onIdentified(connection),
      onMessage: (message, connection) => this.#onMessage(message, connection),
      onClosed: (connection) => this.#onClosed(connection),
    }
  }

  /** Connects to the configured peers. */
  start(): void {
    for (const dialer of this.#dialers) dialer.dial()
  }

  /** Takes an upgrade request of the HTTP server. */
  acceptUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#parts.counters.countRequest('p2p')
    this.#door.open(request, socket, head)
  }

  /** Closes what faults cut off now, and dials again what they cut off no more. */
  reconsiderConnections(): void {
    this.#parts.peers.closeIf(({ origin }) => this.#isCutOff(origin.dialedUri, origin.portalUri))
    this.start()
  }

  close(): void {
    this.#isClosed = true
    for (const dialer of this.#dialers) dialer.stop()
    this.#parts.peers.close()
  }

  #createDialer(uri: string): Dialer {
    return new Dialer({
      uri,
      ownUri: this.#settings.ownUri,
      times: this.#settings.dialTimes,
      mayDial: () => !this.#isCutOff(uri),
      onOpen: (socket, portalUri) =>
        this.#add(socket, { dialedUri: uri, ...named(portalUri), messagesPerSecond: UNLIMITED }),
    })
  }

  #findRefusal(portalUri: string | undefined): number | undefined {
    const isFull = this.#parts.peers.size >= this.#settings.maxSockets
    return this.#isClosed || isFull || this.#isCutOff(portalUri) ? 503 : undefined
  }

  #isCutOff(...uris: (string | undefined)[]): boolean {
    return this.#parts.faults?.isCutOff(uris) ?? false
  }

  #accept(socket: WebSocket, request: IncomingMessage, portalUri: string | undefined): void {
    const { messagesPerSecond } = this.#parts.gate.limits(request.socket.remoteAddress)
    const { host } = request.headers
    this.#add(socket, { ...named(portalUri), ...(host !== undefined && { host }), messagesPerSecond })
  }

  #add(socket: WebSocket, origin: PeerOrigin): void {
    if (this.#isClosed) socket.terminate()
    else this.#parts.peers.add(new PeerConnection(socket, origin, this.#environment))
  }

  #onIdentified(connection: PeerConnection): void {
    const { dialedUri, portalUri } = connection.origin
    if (!this.#parts.peers.identify(connection)) {
      connection.close()
      return
    }
    this.#dialerByUri.get(dialedUri ?? '')?.noteSuccess()
    this.#parts.counters.add('handshakes')
    this.#parts.log.info({ dialedUri, portalUri, nodeKey: keyText(connection) }, 'peer connected')
    for (const portal of this.#parts.peers.portals()) this.#keepInSync(portal)
  }

  #onClosed(connection: PeerConnection): void {
    const { dialedUri, portalUri } = connection.origin
    this.#parts.peers.remove(connection)
    this.#parts.entryExchange.noteGone(connection)
    this.#syncByPeer.get(connection)?.stop()
    this.#syncByPeer.delete(connection)
    this.#parts.log.info({ dialedUri, portalUri, nodeKey: keyText(connection) }, 'peer disconnected')
  }

  #keepInSync(portal: PeerConnection): void {
    if (this.#syncByPeer.has(portal)) return
    const { registry, blobExchange } = this.#parts
    const sync = new PortalSync(portal, registry, blobExchange, this.#settings.syncTimes)
    this.#syncByPeer.set(portal, sync)
    void sync.run()
  }

  async #onMessage(message: PeerMessage, from: PeerConnection): Promise<void> {
    const { entryExchange } = this.#parts
    switch (message.kind) {
      case 'registryQuery':
        return entryExchange.answer(message.pk, from)
      case 'registryEntry':
        await entryExchange.receive(message.entry, from).catch(this.#fetchAgain(from))
        return this.#syncByPeer.get(from)?.noteEntry(message.entry.pk)
      case 'hashQuery':
        return this.#answerHashQuery(message.hash, message.types, from)
      case 'handshakeOpen':
      case 'handshakeDone':
      case 'announcePeers':
        return
      default:
        if (this.#parts.peers.isPortal(from)) await this.#onPortalMessage(message, from)
    }
  }

  async #onPortalMessage(message: PortalMessage, from: PeerConnection): Promise<void> {
    switch (message.kind) {
      case 'listingQuery':
        return answerListing(message.subject, message.after, from, this.#parts)
      case 'listing':
        return from.listings.settle(listingKey(message.subject, message.after), message)
      case 'pieceQuery':
        return this.#parts.blobExchange.answerPiece(message.hash, message.offset, from)
      case 'piece':
        return from.pieces.settle(pieceKey(message.hash, message.offset), message)
      case 'entryAbsent':
        return this.#parts.entryExchange.noteAbsent(message.pk, from)
      case 'blobStored':
        return this.#syncByPeer.get(from)?.takeNewBlob(message.hash)
    }
  }

  #fetchAgain(from: PeerConnection) {
    return (error: unknown): never => {
      this.#syncByPeer.get(from)?.retrySoon()
      throw error
    }
  }

  async #answerHashQuery(hash: Uint8Array, types: readonly number[], asker: PeerConnection): Promise<void> {
    if (!types.some((type) => type === FILE_LOCATION || type === FULL_NODE_LOCATION)) return
    const { blobs, blobExchange, peers, signer, now } = this.#parts
    const size = await (peers.isNode(asker) ? blobs.size(hash) : blobExchange.obtain(hash))
    if (size === undefined) return
    const expiry = Math.floor(now() / 1000) + LOCATION_SECONDS
    const url = `${this.#urlFor(asker)}/s5/blob/${formatBlobId(hash, size)}`
    asker.send(encodeStorageLocation({ hash, expiry, url }, signer))
  }

  /** Without a public URL, what has brought the asker here will bring it here again. */
  #urlFor({ origin: { host } }: PeerConnection): string {
    const { publicUrl, url } = this.#settings
    return publicUrl ?? (host !== undefined && HOST_FORM.test(host) ? `http://${host}` : url)
  }
}

function named(portalUri: string | undefined): { portalUri?: string } {
  return portalUri === undefined ? {} : { portalUri }
}

function keyText({ nodeKey }: PeerConnection): string | undefined {
  return nodeKey && Buffer.from(nodeKey).toString('base64url')
}
