import { equalBytes } from '../bytes/bytes'
import { hashBlake3 } from '../crypto/blake3'
import { BlobNotFoundError, CorruptDataError } from '../errors/data-errors'
import { S5Error } from '../errors/s5-error'
import type { Call } from '../http/call-options'
import type { PortalAnswer } from '../http/portal-answer'
import type { HttpTransport } from '../http/transport'
import { withDeadline } from '../http/with-deadline'
import { bareHash } from '../identifier/blob-hash'
import { BlobIdentifier } from '../identifier/blob-identifier'
import type { PeerNetwork } from '../p2p/peer-network'
import { requireSomebody } from '../p2p/require-somebody'
import { firstResult, mostHopeful } from '../portal/in-turn'
import type { Portal } from '../portal/portal'
import type { PortalList } from '../portal/portal-list'
import type { BlobCache } from './blob-cache'

export const DEFAULT_MAX_DOWNLOAD_BYTES = 64 * 1024 * 1024
/** The part of the deadline that one place gets, so that one that hangs does not use it up. */
const SHARE_OF_A_PLACE = 1 / 4

interface Wanted {
  id: BlobIdentifier
  maxBytes: number
}

/** Whom to ask for blobs. */
export interface BlobSources {
  portals: PortalList
  network: PeerNetwork
}

/** Gets blobs from anywhere and believes nobody: every byte is checked against the hash. */
export class BlobDownloads {
  readonly #transport: HttpTransport
  readonly #sources: BlobSources
  readonly #cache: BlobCache

  constructor(transport: HttpTransport, sources: BlobSources, cache: BlobCache) {
    this.#transport = transport
    this.#sources = sources
    this.#cache = cache
  }

  /** @throws BlobNotFoundError only when there are portals, and every one says so */
  async download(hash: Uint8Array, maxBytes: number, call: Call, isFresh = false): Promise<Uint8Array> {
    const id = new BlobIdentifier(bareHash(hash), 0)
    const cached = isFresh ? undefined : this.#cache.get(id.hash)
    if (cached !== undefined) return withinBound(cached, maxBytes)
    const { portals, network } = this.#sources
    requireSomebody(portals, network)
    const wanted = { id, maxBytes }
    const attempts = portals.all().map((portal) => (part: Call) => this.#fromPortal(portal, wanted, part))
    if (network.connections().length > 0) attempts.push((part) => this.#fromPeers(wanted, part))
    const blob = await firstResult(attempts, call, (attempt, part) => attempt(part))
    if (blob === undefined) throw new BlobNotFoundError('no portal has it', id.toBase58())
    this.#cache.put(id.hash, blob)
    return blob
  }

  async #fromPortal(portal: Portal, wanted: Wanted, call: Call): Promise<Uint8Array | undefined> {
    const path = `blob/${wanted.id.toBase58()}`
    const answer = await this.#transport.send(portal, { method: 'GET', path, kind: 'downloads' }, call)
    if (answer.status === 404) {
      await answer.discard()
      return undefined
    }
    return verified(answer, wanted)
  }

  /** Undefined when peers know of no place, or of none that tells the truth, and there are portals to say more. */
  async #fromPeers(wanted: Wanted, call: Call): Promise<Uint8Array | undefined> {
    const { portals, network } = this.#sources
    const { LocationSearch } = await import('./location-search')
    const search = new LocationSearch(network.connections(), network.mail, wanted.id.hash, call)
    const failures: unknown[] = []
    try {
      const next = () => search.next(portals.isEmpty && failures.length === 0)
      for (let url = await next(); url !== undefined; url = await next()) {
        const blob = await this.#fromPlace(url, wanted, call, failures)
        if (blob !== undefined) return blob
      }
    } finally {
      search.stop()
    }
    const failure = mostHopeful(failures)
    if (portals.isEmpty || (failure instanceof S5Error && failure.retryable)) throw failure
    return undefined
  }

  async #fromPlace(
    url: URL,
    wanted: Wanted,
    call: Call,
    failures: unknown[],
  ): Promise<Uint8Array | undefined> {
    const share = { signal: call.signal, timeoutMs: call.timeoutMs * SHARE_OF_A_PLACE }
    try {
      return await withDeadline(share, call.timeoutMs, async (part) =>
        verified(await this.#transport.get(url, part), wanted),
      )
    } catch (error) {
      call.signal.throwIfAborted()
      failures.push(error)
      return undefined
    }
  }
}

async function verified(answer: PortalAnswer, { id, maxBytes }: Wanted): Promise<Uint8Array> {
  if (!answer.isSuccess) throw await answer.failure()
  const blob = await answer.bytes(maxBytes)
  if (!equalBytes(await hashBlake3(blob), id.hash)) {
    throw new CorruptDataError('The portal sent a blob that does not match its hash')
  }
  return blob
}

function withinBound(blob: Uint8Array, maxBytes: number): Uint8Array {
  if (blob.length > maxBytes) throw new CorruptDataError(`The blob has more than ${maxBytes} bytes`)
  return blob
}
