const FIRST_DELAY_MS = 500
const MAX_DELAY_MS = 30_000

/**
 * How long to wait before the next attempt, in milliseconds: doubles with each failure up to 30 s, of which
 * at most half is taken off by chance, so that clients of a node that restarts do not all come at once.
 * @param failures attempts that failed since the last success, from 0
 */
export function reconnectDelay(failures: number, random: () => number = Math.random): number {
  const longest = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** failures)
  return longest * (1 - random() / 2)
}
