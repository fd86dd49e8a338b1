import { expect, it } from 'vitest'
import { heapGrowthOf } from '../support/mounts'

it('A thousand mounts and unmounts leave nothing on the heap', async () => {
  expect(await heapGrowthOf(1000)).toBeLessThan(2 * 1024 * 1024)
}, 300_000)
