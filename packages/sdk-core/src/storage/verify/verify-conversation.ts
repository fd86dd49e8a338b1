import { type DagValue, digestOf } from '../../conversation/codec'
import { findRecord } from '../../conversation/state'
import { CATALOG_ID, type CatalogEntry, parseEntry, summarise } from '../../conversation/summary'
import { InvalidInputError } from '../../errors/input-errors'
import { SDKError } from '../../errors/sdk-error'
import type { StoredVersion } from '../head-reader'
import type { HeadStore } from '../head-store'
import type { Network } from '../network'
import type { Damage, VerificationReport, VerifiedCounts, VerifyOptions } from './report'
import { RecordVerifier } from './verify-records'

/**
 * Recomputes every hash, signature and count of a conversation and of the list it is on, from each portal by
 * itself. Changes nothing.
 * @throws InvalidInputError where nobody knows such a conversation
 */
export async function verifyConversation(
  heads: HeadStore,
  network: Network,
  id: string,
  signal: AbortSignal,
  onProgress?: VerifyOptions['onProgress'],
): Promise<VerificationReport> {
  const checked: VerifiedCounts = { blobs: 0, records: 0, receipts: 0 }
  const shared = { network, signal, checked, onProgress }
  const ofPlace = async (place: string, subject: Damage['subject']) =>
    new RecordVerifier({ ...shared, subject, place: await heads.open(place) }).run(heads.stored(place))
  const [own, list] = await Promise.all([ofPlace(id, 'conversation'), ofPlace(CATALOG_ID, 'list')])
  const summary = list.newest && (await readSummary(heads, list.newest, id, signal))
  if (own.newest === undefined && own.isAbsent && summary?.entry === undefined) {
    throw new InvalidInputError('conversationId', 'does not exist')
  }
  const listed = summary === undefined ? [] : summaryDamages(own.newest, summary.entry)
  const damages = [...own.damages, ...list.damages, ...listed]
  return {
    conversationId: id,
    ok: damages.length === 0,
    ...(own.newest === undefined ? {} : { version: own.newest.head.version }),
    portals: network.witnesses().map(({ name }) => name),
    checked,
    damages,
  }
}

/** What the list says of a conversation, if the list can be read. */
async function readSummary(
  heads: HeadStore,
  { head, scheme }: StoredVersion,
  id: string,
  signal: AbortSignal,
): Promise<{ entry: CatalogEntry | undefined } | undefined> {
  try {
    const state = { head, scheme, sealed: new Map() }
    const complete = await heads.withSegments(await heads.open(CATALOG_ID), state, head.segments, signal)
    const record = findRecord(complete, id)
    return { entry: record === undefined || record.deleted === true ? undefined : parseEntry(record) }
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof SDKError) return undefined
    throw error
  }
}

function summaryDamages(newest: StoredVersion | undefined, entry: CatalogEntry | undefined): Damage[] {
  const at = { record: 'summary', subject: 'list', mendable: false } as const
  if (newest === undefined) {
    if (entry === undefined || entry.pending === true) return []
    const message = `version ${entry.version} is listed, and no portal has any`
    return [{ ...at, subject: 'conversation', record: 'pointer', kind: 'missing', message }]
  }
  const { head, scheme } = newest
  if (head.deleted === true) {
    return entry === undefined
      ? []
      : [{ ...at, kind: 'inconsistent', message: 'a deleted conversation is listed' }]
  }
  if (entry === undefined) return [{ ...at, kind: 'missing', message: 'the conversation is not listed' }]
  if (entry.pending !== true && entry.version > head.version) {
    const message = `version ${entry.version} is listed, and portals have ${head.version}`
    return [{ ...at, subject: 'conversation', record: 'pointer', kind: 'outdated', message }]
  }
  const isTrue =
    entry.pending === true || entry.version < head.version || isSameEntry(entry, summarise(head, scheme))
  return isTrue
    ? []
    : [{ ...at, kind: 'inconsistent', message: 'the list says something else than the conversation' }]
}

/** What lets this identity in is no part of what the conversation says. */
function isSameEntry({ share: _, ...listed }: CatalogEntry, said: CatalogEntry): boolean {
  return digestOf({ ...listed }) === digestOf({ ...said } as unknown as DagValue)
}
