import { expect, it } from 'vitest'
import { runAppendProcesses } from '../support/append-processes'
import { startPortal } from '../support/fixture'

const COUNT = 250

it('Two processes that append 250 messages each find all 500, once, in the same order', async () => {
  const portal = await startPortal()
  const [a, b] = await runAppendProcesses(portal.url, 2, COUNT, false)
  expect((a?.acknowledged ?? 0) + (b?.acknowledged ?? 0)).toBe(2 * COUNT)
  expect(a?.texts).toHaveLength(2 * COUNT)
  expect(new Set(a?.texts).size).toBe(2 * COUNT)
  expect(b?.texts).toEqual(a?.texts)
})
