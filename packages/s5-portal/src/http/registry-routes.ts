import { decodeBase64Url, encodeBase64Url } from '../codec/base64url'
import { isPublicKey } from '../crypto/ed25519'
import type { RegistryEntry } from '../registry/entry'
import { InvalidEntryError } from '../registry/registry'
import { bytesMember, readJsonObject } from './json-body'
import type { PortalContext, PortalParts } from './portal-parts'
import { HttpProblem } from './problem'

/**
 * `GET registry?pk=`: the entry of a key; 404, or quietly `absent`, says that neither the portal
 * nor its peers have one.
 */
export async function readEntry(context: PortalContext, parts: PortalParts): Promise<Response> {
  const pk = decodeBase64Url(context.req.query('pk') ?? '')
  if (pk === undefined || !isPublicKey(pk)) {
    throw new HttpProblem(400, 'pk must be the byte ed and 32 key bytes, as base64url')
  }
  const entry = await parts.entryExchange.find(pk)
  parts.counters.add('registryReads')
  if (entry === undefined && isQuiet(context)) return context.json({ pk: encodeBase64Url(pk), absent: true })
  if (entry === undefined) throw new HttpProblem(404, 'The key has no registry entry')
  return context.json(entryJson(entry))
}

/** `POST registry`: stores an entry, or answers 409 (quietly: 200) with the one that stays. */
export async function writeEntry(context: PortalContext, parts: PortalParts): Promise<Response> {
  const entry = parseEntry(await readJsonObject(context.env.incoming))
  const isDoubled = parts.faults?.strikes('duplicate', 'registryWrite') ?? false
  if (isDoubled) await parts.entryExchange.put(entry).catch(throwAsProblem)
  const outcome = await parts.entryExchange.put(entry).catch(throwAsProblem)
  if (outcome.accepted) {
    parts.counters.add('registryWrites')
    return context.body(null, 204)
  }
  parts.counters.add('registryConflicts')
  const members = { current: entryJson(outcome.current) }
  if (isQuiet(context)) return context.json(members)
  throw new HttpProblem(409, 'Revision number too low', { members })
}

/** Browsers report each status from 400 on their console, also where it is the answer that was hoped for. */
function isQuiet(context: PortalContext): boolean {
  return context.req.query('quiet') === '1'
}

function parseEntry(body: Readonly<Record<string, unknown>>): RegistryEntry {
  if (typeof body.revision !== 'number') throw new HttpProblem(400, 'revision must be a number')
  return {
    pk: bytesMember(body, 'pk'),
    revision: body.revision,
    data: bytesMember(body, 'data'),
    signature: bytesMember(body, 'signature'),
  }
}

function entryJson({ pk, revision, data, signature }: RegistryEntry) {
  return {
    pk: encodeBase64Url(pk),
    revision,
    data: encodeBase64Url(data),
    signature: encodeBase64Url(signature),
  }
}

function throwAsProblem(error: unknown): never {
  if (!(error instanceof InvalidEntryError)) throw error
  const status = error.reason === 'forged' ? 422 : 400
  throw new HttpProblem(status, `The registry entry was refused: ${error.message}`, { cause: error })
}
