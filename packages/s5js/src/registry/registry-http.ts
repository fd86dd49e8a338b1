import { toBase64url } from '../bytes/base64url'
import { utf8 } from '../bytes/bytes'
import { CorruptDataError, RegistryConflictError } from '../errors/data-errors'
import type { Call } from '../http/call-options'
import type { PortalAnswer } from '../http/portal-answer'
import type { HttpTransport } from '../http/transport'
import type { Portal } from '../portal/portal'
import { isSameEntry } from './compare-entries'
import type { RegistryEntry } from './entry'
import { entryFromJson, entryToJson } from './entry-json'

const CONFLICT_TEXT = 'Revision number too low'
/**
 * Asks for status 200 where there is nothing, and where a write is refused: browsers report all from 400 on their
 * console. Portals that do not know it answer 404 and 409.
 */
const QUIETLY = { quiet: '1' }

/** One portal's registry, over HTTP. */
export class RegistryHttp {
  readonly #transport: HttpTransport
  readonly #portal: Portal

  constructor(transport: HttpTransport, portal: Portal) {
    this.#transport = transport
    this.#portal = portal
  }

  /** Undefined only when the portal answers 404, or says in words that the key has none. */
  async get(pk: Uint8Array, call: Call): Promise<RegistryEntry | undefined> {
    const request = {
      method: 'GET',
      path: 'registry',
      query: { pk: toBase64url(pk), ...QUIETLY },
      kind: 'registryReads',
    } as const
    const answer = await this.#transport.send(this.#portal, request, call)
    if (answer.status === 404) {
      await answer.discard()
      return undefined
    }
    if (!answer.isSuccess) throw await answer.failure()
    const body = await answer.json()
    return isAbsent(body, pk) ? undefined : entryFromJson(body, pk)
  }

  /** Resolves when the portal has acknowledged the entry, or holds it already. @throws RegistryConflictError */
  async set(entry: RegistryEntry, call: Call): Promise<void> {
    const body = { bytes: utf8(entryToJson(entry)), contentType: 'application/json' }
    const request = {
      method: 'POST',
      path: 'registry',
      query: QUIETLY,
      body,
      kind: 'registryWrites',
    } as const
    const answer = await this.#transport.send(this.#portal, request, call)
    if (answer.isSuccess && answer.status !== 200) return answer.discard()
    const current = answer.isSuccess
      ? await quietConflict(answer, entry)
      : await this.#conflicting(answer, entry, call)
    if (current === undefined || !isSameEntry(current, entry)) throw new RegistryConflictError(current)
  }

  /** What the portal says is stored instead; undefined if it then says that there is nothing. */
  async #conflicting(
    answer: PortalAnswer,
    entry: RegistryEntry,
    call: Call,
  ): Promise<RegistryEntry | undefined> {
    if (answer.status === 409) {
      const problem = await answer.json()
      const carried: unknown = Object(problem).current
      return carried === undefined ? this.get(entry.pk, call) : entryFromJson(carried, entry.pk)
    }
    const text = await answer.failureText()
    // Dart portals report a conflict as an internal error, and do not say with what.
    if (answer.status === 500 && text.includes(CONFLICT_TEXT)) return this.get(entry.pk, call)
    throw answer.failureFor(text)
  }
}

/** What a success says is stored: another entry where it is a conflict, else the one that was sent. */
async function quietConflict(answer: PortalAnswer, sent: RegistryEntry): Promise<RegistryEntry> {
  const body = await answer.json().catch((error: unknown) => {
    if (error instanceof CorruptDataError) return undefined
    throw error
  })
  const carried: unknown = Object(body).current
  return carried === undefined ? sent : entryFromJson(carried, sent.pk)
}

function isAbsent(body: unknown, pk: Uint8Array): boolean {
  const said: { absent?: unknown; pk?: unknown } = Object(body)
  return said.absent === true && said.pk === toBase64url(pk)
}
