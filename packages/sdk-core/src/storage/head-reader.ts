import type { HashedState } from '../conversation/merge'
import { assembleState } from '../conversation/state'
import type { Scheme } from '../conversation/types'
import type { ConversationKeys } from '../crypto/keys'
import { StoreUnavailableError } from '../errors/storage-errors'
import { MAX_BLOB_BYTES, openHead, openSegment } from './head-codec'
import type { Network, Pointer, PointerKey } from './network'

/** One version as it was read from, or written to, the network. */
export interface StoredVersion extends HashedState {
  /** S5 blob id of the head: the content address of exactly this version. */
  readonly cid: string
  readonly revision: number
  readonly scheme: Scheme
}

/**
 * The version a pointer names: its head, and all its segments in parallel. A reader that misses a blob
 * reads the pointer again and starts over; where the same pointer still names a blob that nobody has,
 * the version is unreachable, never absent.
 */
export async function readVersion(
  network: Network,
  keys: ConversationKeys,
  key: PointerKey,
  pointer: Pointer,
  signal: AbortSignal,
): Promise<StoredVersion> {
  try {
    return await fetchVersion(network, keys, pointer, signal)
  } catch (error) {
    if (!(error instanceof MissingBlob)) throw error
    const again = await key.readPointer(signal)
    if (again === undefined || again.revision <= pointer.revision)
      throw new StoreUnavailableError(error.message)
    return readVersion(network, keys, key, again, signal)
  }
}

class MissingBlob extends Error {}

async function fetchVersion(
  network: Network,
  keys: ConversationKeys,
  pointer: Pointer,
  signal: AbortSignal,
): Promise<StoredVersion> {
  const blob = await fetchBlob(network, pointer.hash, signal)
  const { head, scheme } = await openHead(blob, keys)
  const segments = await Promise.all(
    head.segments.map(async (ref) => {
      const blob = await fetchBlob(network, ref.hash, signal)
      return [ref.name, await openSegment(ref, blob, scheme, keys)] as const
    }),
  )
  return {
    ...assembleState(head, new Map(segments)),
    hash: pointer.hash,
    cid: network.cidOf(pointer.hash, blob.length),
    revision: pointer.revision,
    scheme,
  }
}

async function fetchBlob(network: Network, hash: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
  const blob = await network.download(hash, MAX_BLOB_BYTES, signal)
  if (blob === undefined) throw new MissingBlob('a blob that the current version names is not available')
  return blob
}
