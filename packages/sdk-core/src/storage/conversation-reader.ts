import type { SegmentRef } from '../conversation/head'
import { type ConversationState, countLive } from '../conversation/state'
import type { Conversation, Scheme } from '../conversation/types'
import { type Page, pageOf, toConversation } from '../conversation/view'
import { MissingBlobError } from './head-reader'
import type { HeadStore } from './head-store'
import { findVersion } from './history'
import type { Place } from './place'

/**
 * The current version of a conversation, or another one, with the messages of `page`: reads the segments that can hold them,
 * the newest first, as many at once as the page is likely to need.
 * A reader that misses a blob reads the pointer again and starts over, as long as the pointer moves.
 */
export async function readPage(
  heads: HeadStore,
  place: Place,
  page: Page,
  signal: AbortSignal,
): Promise<Conversation | undefined> {
  for (let missedAt: number | undefined; ; ) {
    const base = await heads.read(place, signal)
    if (base === undefined || base.head.deleted === true) return undefined
    try {
      const { version = base.head.version } = page
      const isCurrent = version === base.head.version
      const state = isCurrent ? base : await findVersion(heads, place, base, version, signal)
      return await readFrom(heads, place, state, page, signal)
    } catch (error) {
      if (!(error instanceof MissingBlobError) || missedAt === base.revision) throw error
      missedAt = base.revision
    }
  }
}

type VersionState = ConversationState & { scheme: Scheme | undefined }

async function readFrom(
  heads: HeadStore,
  place: Place,
  base: VersionState,
  page: Page,
  signal: AbortSignal,
): Promise<Conversation> {
  for (let state = base; ; ) {
    const messages = pageOf(state, page)
    if (messages !== undefined) return toConversation(state, messages)
    state = await heads.withSegments(place, state, nextSegments(state, page.limit), signal)
  }
}

/** The unread segments with the greatest orders: at least one, and so many that they may well fill a page. */
export function nextSegments({ head, sealed }: ConversationState, limit: number | undefined): SegmentRef[] {
  const unread = head.segments.filter(({ name }) => !sealed.has(name))
  if (limit === undefined) return unread
  const newestFirst = unread.sort((a, b) => b.lastOrder - a.lastOrder)
  const wanted = Math.max(0, limit - countLive(head.tail))
  const chosen: SegmentRef[] = []
  for (let records = 0; records <= wanted && chosen.length < newestFirst.length; ) {
    const segment = newestFirst[chosen.length]
    if (segment === undefined) break
    chosen.push(segment)
    records += segment.count
  }
  return chosen
}
