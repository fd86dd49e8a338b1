import { equalBytes } from '../bytes/bytes'
import { hashBlake3 } from '../crypto/blake3'
import { NotAuthenticatedError } from '../errors/caller-errors'
import { CorruptDataError } from '../errors/data-errors'
import type { Call } from '../http/call-options'
import type { HttpTransport } from '../http/transport'
import { BlobIdentifier } from '../identifier/blob-identifier'
import { firstResult } from '../portal/in-turn'
import type { PortalSession } from '../portal/portal-session'
import type { PortalSessions } from '../portal/portal-sessions'
import type { BlobCache } from './blob-cache'
import { type MultipartFile, multipartFile } from './multipart'

/** A blob as it was when its upload was asked for: the caller may change its array afterwards. */
export interface PreparedBlob {
  id: BlobIdentifier
  body: MultipartFile
}

/** Takes the bytes at once. */
export async function prepareBlob(content: Uint8Array): Promise<PreparedBlob> {
  const body = multipartFile(content)
  return { id: new BlobIdentifier(await hashBlake3(body.content), body.content.length), body }
}

/** Puts blobs on the first of our portals that takes them. */
export class BlobUploads {
  readonly #transport: HttpTransport
  readonly #sessions: PortalSessions
  readonly #cache: BlobCache

  constructor(transport: HttpTransport, sessions: PortalSessions, cache: BlobCache) {
    this.#transport = transport
    this.#sessions = sessions
    this.#cache = cache
  }

  /** Resolves when a portal has acknowledged exactly these bytes. */
  async upload(blob: PreparedBlob, call: Call): Promise<BlobIdentifier> {
    if (this.#sessions.isEmpty) throw new NotAuthenticatedError('No portals available for upload')
    await firstResult(this.#sessions.all(), call, async (session, part) => {
      await this.#send(session, blob, part)
      return blob.id
    })
    this.#cache.put(blob.id.hash, blob.body.content)
    return blob.id
  }

  async #send(session: PortalSession, { id, body }: PreparedBlob, call: Call): Promise<void> {
    const request = { method: 'POST', path: 'upload', body, kind: 'uploads' } as const
    const answer = await session.send(this.#transport, request, call)
    if (!answer.isSuccess) throw await answer.failure()
    const cid: unknown = Object(await answer.json()).cid
    const acknowledged = BlobIdentifier.decode(typeof cid === 'string' ? cid : '')
    if (!equalBytes(acknowledged.hash, id.hash) || acknowledged.size !== id.size) {
      throw new CorruptDataError('The portal acknowledged other bytes than were uploaded')
    }
  }
}
