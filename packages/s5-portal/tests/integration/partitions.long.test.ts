import { it } from 'vitest'
import { expectToConverge, openTrio, scheduleOf } from '../support/portal-trio'

const SEEDS = Array.from({ length: 1_000 }, (_, index) => 2_000 + index)

it.each(SEEDS)(
  'three portals have everything that was acknowledged after the partitions of seed %i',
  async (seed) => {
    await expectToConverge(await openTrio(), scheduleOf(seed))
  },
)
