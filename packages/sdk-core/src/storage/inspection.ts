import { bytesToHex } from '@noble/hashes/utils.js'
import { base64url } from 'multiformats/bases/base64'
import type { Head } from '../conversation/head'
import { registryPublicKey } from '../crypto/registry-public-key'
import type { HeadStore } from './head-store'
import type { Network } from './network'
import type { Place } from './place'
import type { PortalVersion } from './survey'

/** The byte that S5 puts before Ed25519 keys. */
const ED25519_PREFIX = 0xed

/** Where a conversation lies and of which parts it consists; nothing of what it says. */
export interface ConversationInspection {
  conversationId: string
  /** The key of its registry entry as portals take it: base64url of the byte `ed` and 32 bytes. */
  registryKey: string
  /** What each portal that was asked says; `cid` is the S5 blob id of the head that it names. */
  entries: { portal: string; revision: number; cid?: string }[]
  version: number
  /** Blob id of the head, unless no quorum holds it yet. */
  cid?: string
  isSealed: boolean
  /** Generation of its keys: one more after each share that was taken back. */
  epoch: number
  sessionEpoch: number
  updatedAt: number
  messageCount: number
  /** Messages and stubs in the head itself; the others lie in segments, the oldest first. */
  tailRecords: number
  segments: SegmentInspection[]
  /** Idempotency keys that are remembered, and the version from which all of them are. */
  receipts: { count: number; from: number }
  /** BLAKE3 hashes, in hex, of the heads it was built on: two after a merge. */
  parents: string[]
  /** Versions that are kept for good. */
  checkpoints: { version: number; updatedAt: number }[]
  /** Running SDK → version of its last commit. */
  clock: Record<string, number>
}

/** A sealed run of older records. */
export interface SegmentInspection {
  cid: string
  bytes: number
  records: number
  /** Level in the log-structured merge tree. */
  tier: number
  firstVersion: number
  lastVersion: number
}

/** By a fresh read; `undefined` where there is no such conversation. */
export async function inspectConversation(
  heads: HeadStore,
  network: Network,
  place: Place,
  signal: AbortSignal,
): Promise<ConversationInspection | undefined> {
  const { base, held } = await heads.survey(place, signal)
  if (base === undefined || base.head.deleted === true) return undefined
  return {
    conversationId: place.id,
    registryKey: base64url.baseEncode(
      Uint8Array.of(ED25519_PREFIX, ...registryPublicKey(place.keys.registryKey())),
    ),
    entries: held.map(toEntry),
    ...(base.stored === undefined ? {} : { cid: base.stored.cid }),
    isSealed: base.scheme !== 'plain',
    segments: base.head.segments.map(({ hash, size, count, tier, first, last }) => ({
      cid: network.cidOf(hash, size),
      bytes: size,
      records: count,
      tier,
      firstVersion: first,
      lastVersion: last,
    })),
    ...partsOf(base.head),
  }
}

function toEntry({ portal, pointer, version }: PortalVersion): ConversationInspection['entries'][number] {
  return {
    portal,
    revision: pointer?.revision ?? 0,
    ...(version === undefined ? {} : { cid: version.cid }),
  }
}

function partsOf(head: Head) {
  const { version, epoch, sessionEpoch, updatedAt, messageCount, clock } = head
  return {
    version,
    epoch,
    sessionEpoch,
    updatedAt,
    messageCount,
    clock: { ...clock },
    tailRecords: head.tail.length,
    receipts: { count: head.receipts.entries.length, from: head.receipts.from },
    parents: head.parents.map((hash) => bytesToHex(hash)),
    checkpoints: head.checkpoints.map(([kept, , time]) => ({ version: kept, updatedAt: time })),
  }
}
