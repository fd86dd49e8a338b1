import type { Head, SegmentRef } from '../conversation/head'
import type { StoredRecord } from '../conversation/record'
import type { Scheme } from '../conversation/types'
import type { ConversationKeys } from '../crypto/keys'
import { StoreUnavailableError } from '../errors/storage-errors'
import { MAX_BLOB_BYTES, openHead, openSegment } from './head-codec'
import type { Network, Pointer } from './network'

const MISSING = 'a blob that the current version names is not available'

/** One version as it was read from, or written to, the network. */
export interface StoredVersion {
  readonly head: Head
  /** BLAKE3-256 of the head blob. */
  readonly hash: Uint8Array
  /** S5 blob id of the head: the content address of exactly this version. */
  readonly cid: string
  readonly revision: number
  readonly scheme: Scheme
}

/** A version in a head blob that another head names. */
export type OldHead = Omit<StoredVersion, 'revision'>

/** A blob that a head or a pointer names is not to be had. Unreachable, never absent. */
export class MissingBlobError extends StoreUnavailableError {}

/** The version a pointer names. @throws MissingBlobError, CorruptRecordError, DecryptionFailedError */
export async function readVersion(
  network: Network,
  keys: ConversationKeys,
  { hash, revision }: Pointer,
  signal: AbortSignal,
): Promise<StoredVersion> {
  const found = await readHead(network, keys, hash, signal)
  if (found === undefined) throw new MissingBlobError(MISSING)
  return { ...found, revision }
}

/** The head in one blob; `undefined` where nobody has it any more. @throws CorruptRecordError */
export async function readHead(
  network: Network,
  keys: ConversationKeys,
  hash: Uint8Array,
  signal: AbortSignal,
): Promise<OldHead | undefined> {
  const blob = await network.download(hash, MAX_BLOB_BYTES, signal)
  if (blob === undefined) return undefined
  return { ...(await openHead(blob, keys)), hash, cid: network.cidOf(hash, blob.length) }
}

/** The records of a segment. @throws MissingBlobError, CorruptRecordError, DecryptionFailedError */
export async function readSegment(
  network: Network,
  keys: ConversationKeys,
  ref: SegmentRef,
  scheme: Scheme,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, StoredRecord>> {
  return openSegment(ref, await fetchBlob(network, ref.hash, signal), scheme, keys)
}

async function fetchBlob(network: Network, hash: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
  const blob = await network.download(hash, MAX_BLOB_BYTES, signal)
  if (blob === undefined) throw new MissingBlobError(MISSING)
  return blob
}
