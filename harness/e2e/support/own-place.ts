import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PortalProcess } from '../../../packages/sdk-core/tests/support/portal-process'
import { startHarness, stop } from './servers'
import { test as base } from './test'

interface Place {
  portal: PortalProcess
  harnessUrl: string
}

interface WorkerFixtures {
  place: Place
}

/** Tests that break their portal: each worker has one of its own, as a process, and a harness that names it. */
export const test = base.extend<{ portal: PortalProcess }, WorkerFixtures>({
  place: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern
    async ({}, use) => {
      const dataDir = await mkdtemp(join(tmpdir(), 's5-harness-'))
      const portal = new PortalProcess(dataDir, ['--faults'])
      await portal.start()
      const harness = await startHarness(portal.url)
      await use({ portal, harnessUrl: harness.url })
      await stop(harness.process)
      await portal.close()
      await rm(dataDir, { recursive: true, force: true, maxRetries: 10 })
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ place }, use) => use(place.harnessUrl),
  portalUrl: async ({ place }, use) => use(place.portal.url),
  /** Well at the start of each test. */
  portal: async ({ place }, use) => {
    await fetch(`${place.portal.url}/faults`, { method: 'DELETE' })
    await use(place.portal)
  },
})
