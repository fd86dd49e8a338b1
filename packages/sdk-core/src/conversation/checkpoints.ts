import type { Checkpoint, Head } from './head'

/** Most versions a conversation keeps for good. */
const MAX_CHECKPOINTS = 24
/** The newest are never given up for older ones. */
const RECENT_CHECKPOINTS = 8
const HOUR_MS = 3_600_000

/**
 * The kept versions of `next`, the version after `base`: with `base` itself, the head blob `parents` names, if
 * that is wanted or it was the last one of its hour. After a merge both sides are kept already. Of too many,
 * the one goes that is closest to the one before it.
 */
export function nextCheckpoints(
  { version, updatedAt }: Head,
  { deleted, checkpoints }: Head,
  parents: readonly Uint8Array[],
  now: number,
  isWanted: boolean,
): readonly Checkpoint[] {
  const [previous, ...others] = parents
  const isLastOfHour = Math.floor(updatedAt / HOUR_MS) < Math.floor(now / HOUR_MS)
  const isKept = isWanted || isLastOfHour
  if (deleted === true || previous === undefined || others.length > 0 || !isKept) return checkpoints
  const all = [...checkpoints, [version, previous, updatedAt] as const].sort(
    ([a, , x], [b, , y]) => a - b || x - y,
  )
  while (all.length > MAX_CHECKPOINTS) all.splice(closestToOlder(all), 1)
  return all
}

function closestToOlder(checkpoints: readonly Checkpoint[]): number {
  const gaps = checkpoints.map(
    ([, , time], i) => time - (checkpoints[i - 1]?.[2] ?? Number.NEGATIVE_INFINITY),
  )
  return gaps.indexOf(Math.min(...gaps.slice(0, -RECENT_CHECKPOINTS)))
}
