import { expect, it } from 'vitest'
import { averageAppendBytes } from '../support/append-bytes'

it('Twenty thousand appends upload at most 30 % more each than the first thousand', async () => {
  const { first, all } = await averageAppendBytes(20_000)
  expect(all).toBeLessThanOrEqual(1.3 * first)
}, 300_000)
