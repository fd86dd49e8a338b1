import type { OpenBlob } from '../blobs/blob-store'
import type { PinnedBlobs } from '../blobs/pinned-blobs'
import type { Counters } from '../stats/counters'
import type { PeerConnection } from './connection'
import type { Peers } from './peers'
import { askForPiece, readPieces } from './piece-reader'
import { encodeBlobStored, encodePiece, PIECE_BYTES, type Piece } from './portal-messages'

/** How long a portal that has a blob may take for one piece of it. */
const PIECE_MS = 10_000

interface BlobExchangeOptions {
  /** The largest blob that is taken over, in bytes. */
  readonly maxBytes: number
  /** How long a portal may take to say whether it has a blob. */
  readonly waitMs: number
  readonly counters: Counters
}

/** The blobs of this portal as part of a network: what it lacks it fetches from other portals, checks and keeps. */
export class BlobExchange {
  readonly #blobs: PinnedBlobs
  readonly #peers: Peers
  readonly #options: BlobExchangeOptions
  readonly #runningByHash = new Map<string, Promise<boolean>>()

  constructor(blobs: PinnedBlobs, peers: Peers, options: BlobExchangeOptions) {
    this.#blobs = blobs
    this.#peers = peers
    this.#options = options
  }

  /** @returns the blob, from this portal or fetched from another one; `undefined` when no one has it. */
  async open(hash: Uint8Array): Promise<OpenBlob | undefined> {
    const own = await this.#blobs.open(hash)
    if (own !== undefined) return own
    return (await this.#fetch(hash)) ? this.#blobs.open(hash) : undefined
  }

  /** @returns the size of the blob in bytes, once it is here. */
  async obtain(hash: Uint8Array): Promise<number | undefined> {
    const own = await this.#blobs.size(hash)
    if (own !== undefined) return own
    return (await this.#fetch(hash)) ? this.#blobs.size(hash) : undefined
  }

  /** Fetches a blob that `holder` said it has. @returns whether it is here now. */
  async obtainFrom(hash: Uint8Array, holder: PeerConnection): Promise<boolean> {
    if ((await this.#blobs.size(hash)) !== undefined) return true
    return this.#once(hash, async () => {
      const first = await askForPiece(holder, hash, 0, PIECE_MS)
      return first !== undefined && this.#takeOver(holder, first)
    })
  }

  /** Tells the portals of a blob that was stored here, so that they fetch it. */
  announce(hash: Uint8Array): void {
    for (const portal of this.#peers.portals()) portal.push(encodeBlobStored(hash))
  }

  /** Answers a portal that asks for a piece of a blob; it does not ask others for it. */
  async answerPiece(hash: Uint8Array, offset: number, asker: PeerConnection): Promise<void> {
    const blob = await this.#blobs.open(hash)
    if (blob === undefined || offset > blob.size) {
      await blob?.close()
      return asker.send(encodePiece({ hash, offset, size: undefined, bytes: new Uint8Array() }))
    }
    const end = Math.min(blob.size, offset + PIECE_BYTES)
    const bytes = new Uint8Array(await new Response(blob.stream(offset, end)).arrayBuffer())
    asker.send(encodePiece({ hash, offset, size: blob.size, bytes }))
  }

  /** Asks all portals at once; those who have it are tried one after another. */
  #fetch(hash: Uint8Array): Promise<boolean> {
    const portals = this.#peers.portals()
    if (portals.length === 0) return Promise.resolve(false)
    return this.#once(hash, async () => {
      const answers = portals.map(async (portal) => ({
        portal,
        first: await askForPiece(portal, hash, 0, this.#options.waitMs),
      }))
      return this.#takeFirst(answers)
    })
  }

  async #takeFirst(
    answers: readonly Promise<{ portal: PeerConnection; first: Piece | undefined }>[],
  ): Promise<boolean> {
    const waiting = new Map(
      answers.map((answer, index) => [index, answer.then((value) => ({ ...value, index }))]),
    )
    while (waiting.size > 0) {
      const { portal, first, index } = await Promise.race(waiting.values())
      waiting.delete(index)
      if (first !== undefined && (await this.#takeOver(portal, first))) return true
    }
    return false
  }

  async #takeOver(holder: PeerConnection, first: Piece): Promise<boolean> {
    const { hash, size } = first
    if (size === undefined || size > this.#options.maxBytes) return false
    const pieces = readPieces(holder, first, size, PIECE_MS)
    const isKept = await this.#blobs.adopt(hash, pieces, this.#options.maxBytes)
    if (isKept) this.#options.counters.add('replicatedBlobs')
    return isKept
  }

  /** One fetch of a blob at a time; who comes meanwhile shares it. */
  #once(hash: Uint8Array, task: () => Promise<boolean>): Promise<boolean> {
    const name = Buffer.from(hash).toString('hex')
    const running = this.#runningByHash.get(name)
    if (running !== undefined) return running
    const started = task().finally(() => this.#runningByHash.delete(name))
    this.#runningByHash.set(name, started)
    return started
  }
}
