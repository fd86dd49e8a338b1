import { bytesToHex } from '@noble/hashes/utils.js'
import type { Checkpoint } from '../conversation/head'
import type { OldHead } from './head-reader'
import type { HeadStore } from './head-store'
import type { Place } from './place'

/** Where a walk begins: head blobs, and kept versions, of which the walk reads only what it comes to. */
export interface WalkStart {
  hashes: readonly Uint8Array[]
  checkpoints?: readonly Checkpoint[]
}

/**
 * Head blobs of one conversation in falling order of their versions, each once, back through their parents as
 * far as they are there. A compacted version comes more than once. Each costs a request when its turn comes.
 * @param isWanted whether a parent is to be visited
 */
export async function* walkHeads(
  heads: HeadStore,
  place: Place,
  { hashes, checkpoints = [] }: WalkStart,
  signal: AbortSignal,
  isWanted: (hash: Uint8Array) => boolean = () => true,
): AsyncGenerator<OldHead> {
  const seen = new Set<string>()
  const ready: OldHead[] = []
  const kept = [...checkpoints].sort(([a], [b]) => a - b)
  const read = async (all: readonly Uint8Array[]) => {
    const fresh = all.filter((hash) => !seen.has(bytesToHex(hash)))
    for (const hash of fresh) seen.add(bytesToHex(hash))
    const found = await Promise.all(fresh.map((hash) => heads.readOld(place, hash, signal)))
    ready.push(...found.filter((head) => head !== undefined))
    ready.sort((a, b) => a.head.version - b.head.version)
  }
  await read(hashes)
  while (ready.length + kept.length > 0) {
    const [version, hash] = kept.at(-1) ?? [0]
    if (hash !== undefined && version >= (ready.at(-1)?.head.version ?? 0)) {
      kept.pop()
      await read([hash])
      continue
    }
    const next = ready.pop()
    if (next === undefined) return
    yield next
    await read(next.head.parents.filter(isWanted))
  }
}
