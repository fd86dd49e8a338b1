import type { ConversationState } from '../conversation/state'
import { isAncestor } from '../conversation/state'
import type { Scheme } from '../conversation/types'
import { InvalidInputError } from '../errors/input-errors'
import type { Base } from './base'
import type { OldHead } from './head-reader'
import type { HeadStore } from './head-store'
import { walkHeads } from './head-walk'
import type { Place } from './place'

/** One version that can still be loaded. */
export interface VersionInfo {
  version: number
  /** S5 blob id of its head: the content address of exactly this version. */
  cid: string
  /** When it was made, ms since 1970. */
  updatedAt: number
  messageCount: number
  /** Whether it is kept for good; the others are there for at least a day. */
  kept: boolean
}

/**
 * The versions that can still be loaded, the newest first. Each costs a request when its turn comes. Two have
 * the same number where two devices made one each, before their histories were united.
 */
export async function* listVersions(
  heads: HeadStore,
  place: Place,
  signal: AbortSignal,
): AsyncGenerator<VersionInfo> {
  const current = await heads.read(place, signal)
  if (current === undefined || current.head.deleted === true) return
  const kept = new Set([current.head.version, ...current.head.checkpoints.map(([version]) => version)])
  let listed: OldHead[] = []
  for await (const old of walkHeads(heads, place, startOf(current), signal)) {
    const { version, updatedAt, messageCount } = old.head
    listed = listed.filter(({ head }) => head.version === version)
    if (listed.some(({ head }) => isAncestor(head, old.head))) continue
    listed.push(old)
    yield { version, cid: old.cid, updatedAt, messageCount, kept: kept.has(version) }
  }
}

/** One version, ready for its segments to be read. @throws InvalidInputError where it is not there any more */
export async function findVersion(
  heads: HeadStore,
  place: Place,
  current: Base,
  version: number,
  signal: AbortSignal,
): Promise<ConversationState & { scheme: Scheme }> {
  const newer = current.head.checkpoints.filter(([kept]) => kept >= version)
  const isKept = newer.some(([kept]) => kept === version)
  const start = isKept ? { hashes: [], checkpoints: newer } : { ...startOf(current), checkpoints: newer }
  for await (const old of walkHeads(heads, place, start, signal)) {
    if (old.head.version === version) return { ...old, sealed: new Map() }
    if (old.head.version < version) break
  }
  throw new InvalidInputError('options.version', 'is not there: listVersions gives those that are')
}

function startOf({ parents, head }: Base) {
  return { hashes: parents, checkpoints: head.checkpoints }
}
