import { describe, it } from 'vitest'
import { checkFaults } from '../support/portal-matrix'
import { FAULTS } from '../support/trio'

describe('With two of three portals', () => {
  const pairs = FAULTS.flatMap((first, i) => FAULTS.slice(i).map((second) => [first, second] as const))
  it.each(pairs)('%s and %s, calls work or fail with a typed error, and nothing is lost', async (...pair) => {
    await checkFaults(pair)
  })
})
