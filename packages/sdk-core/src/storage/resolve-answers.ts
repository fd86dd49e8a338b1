import { bytesToHex } from '@noble/hashes/utils.js'
import { isSameBytes } from '../conversation/codec'
import { CorruptRecordError, StoreUnavailableError } from '../errors/storage-errors'
import type { StoredVersion } from './head-reader'
import type { Pointer, PortalAnswer } from './network'
import type { Place } from './place'
import { greatestRevision, type PortalVersion } from './survey'

/**
 * What each portal holds, by `read`, which is asked once for each version. A version that does not check or
 * cannot be had is as good as no answer.
 * @throws what was wrong where fewer than `need` answers are left
 */
export async function resolveAnswers(
  place: Place,
  answers: readonly PortalAnswer[],
  need: number,
  read: (pointer: Pointer) => Promise<StoredVersion>,
): Promise<PortalVersion[]> {
  const reading = new Map<string, Promise<StoredVersion>>()
  const failures: unknown[] = []
  const readOnce = (pointer: Pointer) => {
    const key = bytesToHex(pointer.hash)
    const version = reading.get(key) ?? read(atGreatestRevision(pointer, answers))
    reading.set(key, version)
    return version
  }
  const resolved = answers.map(async ({ portal, pointer }) => {
    try {
      return { portal, pointer, version: pointer && (await readOnce(pointer)) }
    } catch (error) {
      if (!(error instanceof CorruptRecordError || error instanceof StoreUnavailableError)) throw error
      place.pointer.blame(portal, error)
      failures.push(error)
      return undefined
    }
  })
  const held = (await Promise.all(resolved)).filter((answer) => answer !== undefined)
  if (held.length < need) throw failures[0]
  return held
}

/** The same head may lie on portals at different revisions. */
function atGreatestRevision({ hash }: Pointer, answers: readonly PortalAnswer[]): Pointer {
  const same = answers.filter(({ pointer }) => pointer && isSameBytes(pointer.hash, hash))
  return { hash, revision: greatestRevision(same) }
}
