import { type RegistryEntry, S5 } from '@s5-dev/s5js'

const CONNECT_TIMEOUT_MS = 10_000
const RETRY_MS = 5_000

/** Called with each newer entry of one public key, and with whether news come by themselves right now. */
export interface EntryListener {
  onEntry(entry: RegistryEntry): void
  onLive(isLive: boolean): void
}

/**
 * Hears of registry entries as portals push them to their peers. Connects with the first subscription, and again
 * whenever the connection was lost.
 */
export class S5Pushes {
  readonly #peers: string[]
  readonly #listeners = new Map<EntryListener, Uint8Array>()
  readonly #stops = new Map<EntryListener, () => void>()
  #client: S5 | undefined
  #isConnecting = false
  #timer: ReturnType<typeof setTimeout> | undefined
  #isClosed = false

  /** @param portals base URLs */
  constructor(portals: readonly string[]) {
    this.#peers = portals.map(peerUri)
  }

  listen(publicKey: Uint8Array, listener: EntryListener): () => void {
    this.#listeners.set(listener, publicKey)
    this.#subscribe(listener, publicKey)
    this.#connect()
    return () => {
      this.#listeners.delete(listener)
      this.#stops.get(listener)?.()
      this.#stops.delete(listener)
    }
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#client?.close()
    this.#listeners.clear()
    this.#stops.clear()
  }

  #subscribe(listener: EntryListener, publicKey: Uint8Array): void {
    const client = this.#client
    if (client === undefined) return
    this.#stops.set(
      listener,
      client.api.registryListen(publicKey, (entry) => listener.onEntry(entry)),
    )
    listener.onLive(client.getConnectionStatus() === 'connected')
  }

  /** Never throws: who listens is told when there is a connection. */
  async #connect(): Promise<void> {
    if (this.#client !== undefined || this.#isConnecting || this.#isClosed) return
    this.#isConnecting = true
    try {
      this.#adopt(
        await S5.create({ initialPeers: this.#peers, skipIdentityLoad: true, timeoutMs: CONNECT_TIMEOUT_MS }),
      )
    } catch {
      this.#timer = setTimeout(() => this.#connect(), RETRY_MS)
    } finally {
      this.#isConnecting = false
    }
  }

  #adopt(client: S5): void {
    if (this.#isClosed) {
      client.close()
      return
    }
    this.#client = client
    client.onConnectionChange((status) => {
      for (const listener of this.#listeners.keys()) listener.onLive(status === 'connected')
    })
    for (const [listener, publicKey] of this.#listeners) this.#subscribe(listener, publicKey)
  }
}

/** The peer socket of a portal. */
function peerUri(portal: string): string {
  const url = new URL('s5/p2p', portal.endsWith('/') ? portal : `${portal}/`)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return url.href
}
