import { expect, it } from 'vitest'
import { heapGrowthOf } from '../support/mounts'

it('A thousand mounts and unmounts leave nothing on the heap', async () => {
  const growth = await heapGrowthOf(1000)
  expect(growth).toBeLessThan(1)
}, 300_000)
