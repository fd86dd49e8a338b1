import { concatBytes } from '../bytes/bytes'
import { NotConnectedError } from '../errors/peer-errors'
import type { Call } from '../http/call-options'
import { LEGACY_BLAKE3_MULTIHASH } from '../identifier/blob-hash'
import { peerPatienceMs } from '../p2p/patience'
import type { PeerConnection } from '../p2p/peer-connection'
import type { PeerMailbox } from '../p2p/peer-mailbox'
import type { KnownPeerMessage } from '../p2p/peer-message'
import { LOCATION_KINDS, type StorageLocation } from '../p2p/storage-location'

/** What is beyond it is not looked at: a peer could name places without end. */
const MAX_PLACES = 64

/** Asks peers where a blob is, and gives their answers one by one, each URL once. */
export class LocationSearch {
  readonly #call: Call
  readonly #peers: readonly PeerConnection[]
  readonly #found: URL[] = []
  readonly #seen = new Set<string>()
  readonly #removals: (() => void)[] = []
  #live: number
  #wake = () => {}

  /** @param hash 32 bytes */
  constructor(peers: readonly PeerConnection[], mail: PeerMailbox, hash: Uint8Array, call: Call) {
    this.#call = call
    this.#peers = peers
    this.#live = peers.length
    // Nodes know blobs by the older multihash byte, and answer with the very bytes they were asked for.
    const asked = concatBytes(Uint8Array.of(LEGACY_BLAKE3_MULTIHASH), hash)
    this.#removals.push(mail.onLocation(asked, (location) => this.#add(location)))
    const query: KnownPeerMessage = { type: 'hashQuery', hash: asked, kinds: [...LOCATION_KINDS] }
    for (const peer of peers) this.#ask(peer, query)
    const onAbort = () => this.#wake()
    call.signal.addEventListener('abort', onAbort, { once: true })
    this.#removals.push(() => call.signal.removeEventListener('abort', onAbort))
  }

  /**
   * The next place. Waits for it until the call ends, or else a few round trips long; then undefined.
   * @throws NotConnectedError when it should wait, and all peers have gone
   */
  async next(waitsForever: boolean): Promise<URL | undefined> {
    const deadline = performance.now() + Math.max(...this.#peers.map(peerPatienceMs))
    for (;;) {
      this.#call.signal.throwIfAborted()
      const url = this.#found.shift()
      if (url !== undefined) return url
      if (this.#live === 0 && waitsForever) throw new NotConnectedError()
      const waitMs = waitsForever ? undefined : deadline - performance.now()
      if (waitMs !== undefined && (waitMs <= 0 || this.#live === 0)) return undefined
      await this.#change(waitMs)
    }
  }

  stop(): void {
    for (const remove of this.#removals) remove()
  }

  #ask(peer: PeerConnection, query: KnownPeerMessage): void {
    const onEnd = () => {
      this.#live -= 1
      this.#wake()
    }
    this.#removals.push(peer.onEnd(onEnd))
    peer.sendIfOpen(query)
  }

  #add({ parts: [text = ''] }: StorageLocation): void {
    if (this.#seen.has(text) || this.#seen.size >= MAX_PLACES) return
    this.#seen.add(text)
    this.#found.push(new URL(text))
    this.#wake()
  }

  async #change(waitMs: number | undefined): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined
    await new Promise<void>((resolve) => {
      this.#wake = resolve
      if (waitMs !== undefined) timer = setTimeout(resolve, waitMs)
    })
    clearTimeout(timer)
  }
}
