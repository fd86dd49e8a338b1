import { equalBytes } from '../bytes/bytes'
import { hashBlake3 } from '../crypto/blake3'
import { BlobNotFoundError, CorruptDataError } from '../errors/data-errors'
import type { Call } from '../http/call-options'
import type { HttpTransport } from '../http/transport'
import { bareHash } from '../identifier/blob-hash'
import { BlobIdentifier } from '../identifier/blob-identifier'
import { firstResult } from '../portal/in-turn'
import type { Portal } from '../portal/portal'
import type { PortalList } from '../portal/portal-list'
import type { BlobCache } from './blob-cache'

export const DEFAULT_MAX_DOWNLOAD_BYTES = 64 * 1024 * 1024

/** Gets blobs from any portal and believes none of them: every byte is checked against the hash. */
export class BlobDownloads {
  readonly #transport: HttpTransport
  readonly #portals: PortalList
  readonly #cache: BlobCache

  constructor(transport: HttpTransport, portals: PortalList, cache: BlobCache) {
    this.#transport = transport
    this.#portals = portals
    this.#cache = cache
  }

  /** @throws BlobNotFoundError only when every portal says so */
  async download(hash: Uint8Array, maxBytes: number, call: Call): Promise<Uint8Array> {
    const id = new BlobIdentifier(bareHash(hash), 0)
    const cached = this.#cache.get(id.hash)
    if (cached !== undefined) return withinBound(cached, maxBytes)
    const attempt = (portal: Portal, part: Call) => this.#fetch(portal, id, maxBytes, part)
    const blob = await firstResult(this.#portals.some(), call, attempt)
    if (blob === undefined) throw new BlobNotFoundError('no portal has it', id.toBase58())
    this.#cache.put(id.hash, blob)
    return blob
  }

  async #fetch(
    portal: Portal,
    id: BlobIdentifier,
    maxBytes: number,
    call: Call,
  ): Promise<Uint8Array | undefined> {
    const request = { method: 'GET', path: `blob/${id.toBase58()}`, kind: 'downloads' } as const
    const answer = await this.#transport.send(portal, request, call)
    if (answer.status === 404) {
      await answer.discard()
      return undefined
    }
    if (!answer.isSuccess) throw await answer.failure()
    const blob = await answer.bytes(maxBytes)
    if (!equalBytes(await hashBlake3(blob), id.hash)) {
      throw new CorruptDataError('The portal sent a blob that does not match its hash')
    }
    return blob
  }
}

function withinBound(blob: Uint8Array, maxBytes: number): Uint8Array {
  if (blob.length > maxBytes) throw new CorruptDataError(`The blob has more than ${maxBytes} bytes`)
  return blob
}
