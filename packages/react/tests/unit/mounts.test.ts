import { expect, it } from 'vitest'
import { heapGrowthOf } from '../support/mounts'

it('A hundred mounts and unmounts leave nothing on the heap', async () => {
  expect(await heapGrowthOf(100)).toBeLessThan(1024 * 1024)
}, 60_000)
