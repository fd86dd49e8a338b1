import { afterAll, beforeAll, describe, it } from 'vitest'
import { checkFaults } from '../support/portal-matrix'
import { FAULTS, startPortalProcesses, Trio } from '../support/trio'

describe('With two of three portals, in processes of their own,', () => {
  let started: Awaited<ReturnType<typeof startPortalProcesses>>
  beforeAll(async () => {
    started = await startPortalProcesses()
  })
  afterAll(() => started.close())

  const pairs = FAULTS.flatMap((first, i) => FAULTS.slice(i).map((second) => [first, second] as const))
  it.each(pairs)('%s and %s, calls work or fail with a typed error, and nothing is lost', async (...pair) => {
    await checkFaults(Trio.on(started.portals), pair)
  })
})
