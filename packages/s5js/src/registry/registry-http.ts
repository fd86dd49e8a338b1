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
    const current = await this.#stored(answer, entry.pk, call)
    if (current === undefined || !isSameEntry(current, entry)) throw new RegistryConflictError(current)
  }

  /** What is stored now, by an answer that is no plain success; undefined if the portal then says that there is nothing. */
  async #stored(answer: PortalAnswer, pk: Uint8Array, call: Call): Promise<RegistryEntry | undefined> {
    if (answer.status === 409 || answer.status === 200) {
      const carried = await carriedBy(answer)
      return carried === undefined ? this.get(pk, call) : entryFromJson(carried, pk)
    }
    const text = await answer.failureText()
    // Dart portals report a conflict as an internal error, and do not say with what.
    if (answer.status === 500 && text.includes(CONFLICT_TEXT)) return this.get(pk, call)
    throw answer.failureFor(text)
  }
}

/** The entry in an answer that has one, as it came. */
async function carriedBy(answer: PortalAnswer): Promise<unknown> {
  try {
    return Object(await answer.json()).current
  } catch (error) {
    if (error instanceof CorruptDataError) return undefined
    throw error
  }
}

function isAbsent(body: unknown, pk: Uint8Array): boolean {
  const said: { absent?: unknown; pk?: unknown } = Object(body)
  return said.absent === true && said.pk === toBase64url(pk)
}
