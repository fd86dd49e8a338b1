import { expect, test } from 'vitest'
import { reconnectDelay } from '../../src/p2p/reconnect-delay'

test('delays double up to 30 s', () => {
  const longest = Array.from({ length: 9 }, (_, failures) => reconnectDelay(failures, () => 0))
  expect(longest).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
  expect(reconnectDelay(5000, () => 0)).toBe(30_000)
})

test('chance takes off up to half, so that clients do not come at once', () => {
  expect(reconnectDelay(0, () => 0.999)).toBeCloseTo(250, 0)
  const drawn = new Set(Array.from({ length: 20 }, () => reconnectDelay(3)))
  expect(drawn.size).toBeGreaterThan(10)
  for (const delay of drawn) expect(delay > 2000 && delay <= 4000).toBe(true)
})
