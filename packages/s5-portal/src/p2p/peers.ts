import { bytesEqual } from '../codec/bytes'
import type { PeerConnection } from './connection'

/** The connections of a node, and which of them it believes what. */
export class Peers {
  readonly #connections = new Set<PeerConnection>()
  readonly #trustedKeys = new Set<string>()
  readonly #ownKey: Uint8Array
  readonly #trustsAll: boolean
  readonly #probeTimer: NodeJS.Timeout

  /**
   * @param trustsAll - whether a portal that comes to us is as good as one that was configured, which holds
   * where nothing but this machine can come
   * @param probeMs - how often every peer must give a sign of life
   */
  constructor(ownKey: Uint8Array, trustsAll: boolean, probeMs: number) {
    this.#ownKey = ownKey
    this.#trustsAll = trustsAll
    this.#probeTimer = setInterval(() => this.#each((connection) => connection.probe()), probeMs)
    this.#probeTimer.unref()
  }

  get size(): number {
    return this.#connections.size
  }

  add(connection: PeerConnection): void {
    this.#connections.add(connection)
  }

  remove(connection: PeerConnection): void {
    this.#connections.delete(connection)
  }

  /** Must be called when a peer has proved its key. @returns whether it is somebody else than this node. */
  identify(connection: PeerConnection): boolean {
    const { nodeKey, origin } = connection
    if (nodeKey === undefined || bytesEqual(nodeKey, this.#ownKey)) return false
    if (origin.dialedUri !== undefined) this.#trustedKeys.add(nameOf(nodeKey))
    return true
  }

  /** Tells all who are identified, but not the node from which it came. */
  publish(bytes: Uint8Array, from?: PeerConnection): number {
    const sender = from?.nodeKey
    const others = this.#identified().filter(
      (connection) =>
        connection !== from &&
        (sender === undefined || connection.nodeKey === undefined || !bytesEqual(connection.nodeKey, sender)),
    )
    for (const connection of others) connection.push(bytes)
    return others.length
  }

  /**
   * Portals of this kind with which everything is shared: those configured here, by the key that was met at
   * their URI, and where only this machine can come, all.
   */
  portals(): PeerConnection[] {
    return this.#identified().filter((connection) => this.isPortal(connection))
  }

  isPortal({ nodeKey, origin }: PeerConnection): boolean {
    if (nodeKey === undefined || origin.portalUri === undefined) return false
    return this.#trustsAll || this.#trustedKeys.has(nameOf(nodeKey))
  }

  /** Peers that can be asked for what this node lacks: the configured ones, of any kind, and the portals. */
  nodes(): PeerConnection[] {
    return this.#identified().filter((connection) => this.isNode(connection))
  }

  isNode(connection: PeerConnection): boolean {
    return connection.origin.dialedUri !== undefined || this.isPortal(connection)
  }

  /** Closes those that `isUnwanted` names. */
  closeIf(isUnwanted: (connection: PeerConnection) => boolean): void {
    this.#each((connection) => {
      if (isUnwanted(connection)) connection.close()
    })
  }

  /** Closes all connections, and probes no more. */
  close(): void {
    clearInterval(this.#probeTimer)
    this.closeIf(() => true)
  }

  #identified(): PeerConnection[] {
    return [...this.#connections].filter(({ nodeKey }) => nodeKey !== undefined)
  }

  #each(task: (connection: PeerConnection) => void): void {
    for (const connection of [...this.#connections]) task(connection)
  }
}

function nameOf(key: Uint8Array): string {
  return Buffer.from(key).toString('hex')
}
