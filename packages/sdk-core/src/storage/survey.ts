import { isSameBytes } from '../conversation/codec'
import { isAncestor } from '../conversation/state'
import type { StoredVersion } from './head-reader'
import type { PortalAnswer } from './network'

/** What one portal holds. */
export interface PortalVersion extends PortalAnswer {
  version: StoredVersion | undefined
}

/** On how many portals everything in `version` is. */
export function countHolders(version: StoredVersion, held: readonly PortalVersion[]): number {
  return held.filter((other) => other.version && isAncestor(version.head, other.version.head)).length
}

/** The greatest revision that was shown; 0 where there is none. */
export function greatestRevision(answers: readonly PortalAnswer[]): number {
  return Math.max(0, ...answers.map(({ pointer }) => pointer?.revision ?? 0))
}

/** The portals that hold something else than `version`, or hold it at a lower revision. */
export function laggards(version: StoredVersion, held: readonly PortalVersion[]): PortalVersion[] {
  return held.filter(
    ({ pointer }) =>
      pointer === undefined ||
      pointer.revision < version.revision ||
      !isSameBytes(pointer.hash, version.hash),
  )
}

/**
 * Those that went into no other one. Of two that say the same, the one with the higher revision: a compacted
 * head says the same as the one before it.
 */
export function newestVersions(versions: readonly StoredVersion[]): StoredVersion[] {
  return versions.filter(
    (version, i) => !versions.some((other, j) => i !== j && isOutdone(version, i, other, j)),
  )
}

/** Whether `version` holds all of `known`, and more or in a later compaction. */
export function isNewerVersion(version: StoredVersion, known: StoredVersion): boolean {
  if (!isAncestor(known.head, version.head)) return false
  return !isAncestor(version.head, known.head) || version.revision > known.revision
}

function isOutdone(version: StoredVersion, index: number, other: StoredVersion, otherIndex: number): boolean {
  if (!isAncestor(version.head, other.head)) return false
  if (!isAncestor(other.head, version.head)) return true
  return other.revision > version.revision || (other.revision === version.revision && otherIndex < index)
}
