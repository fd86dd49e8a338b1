import { NotAuthenticatedError } from '../errors/caller-errors'
import { BlobNotFoundError } from '../errors/data-errors'
import type { Call } from '../http/call-options'
import type { HttpTransport, PortalRequest } from '../http/transport'
import { BlobIdentifier } from '../identifier/blob-identifier'
import { firstResult } from '../portal/in-turn'
import type { PortalSession } from '../portal/portal-session'
import type { PortalSessions } from '../portal/portal-sessions'

/** Tells our portals which blobs our accounts need. */
export class BlobPins {
  readonly #transport: HttpTransport
  readonly #sessions: PortalSessions

  constructor(transport: HttpTransport, sessions: PortalSessions) {
    this.#transport = transport
    this.#sessions = sessions
  }

  /** Resolves when one portal keeps the blob for us. @throws BlobNotFoundError when all of them lack it */
  async pin(hash: Uint8Array, call: Call): Promise<void> {
    const id = new BlobIdentifier(hash, 0)
    const request = { method: 'POST', path: `pin/${id.toBase58()}` } as const
    const pinned = await firstResult(this.#some(), call, async (session, part) => {
      return (await this.#isDone(session, request, part)) ? true : undefined
    })
    if (pinned === undefined) throw new BlobNotFoundError('no portal has it to pin', id.toBase58())
  }

  /** Resolves when no portal of ours keeps the blob for us any more. */
  async unpin(hash: Uint8Array, call: Call): Promise<void> {
    const request = { method: 'DELETE', path: `delete/${new BlobIdentifier(hash, 0).toBase58()}` } as const
    await Promise.all(this.#some().map((session) => this.#isDone(session, request, call)))
  }

  /** False when the portal does not have the blob. */
  async #isDone(session: PortalSession, request: PortalRequest, call: Call): Promise<boolean> {
    const answer = await session.send(this.#transport, request, call)
    if (!answer.isSuccess && answer.status !== 404) throw await answer.failure()
    await answer.discard()
    return answer.isSuccess
  }

  #some(): PortalSession[] {
    if (this.#sessions.isEmpty) throw new NotAuthenticatedError('No portals available to pin on')
    return this.#sessions.all()
  }
}
