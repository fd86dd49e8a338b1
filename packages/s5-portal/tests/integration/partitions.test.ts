import { expect, it } from 'vitest'
import { createClient } from '../support/client'
import { makeTemporaryFolder } from '../support/portal'
import { expectToConverge, openTrio, scheduleOf, type Trio } from '../support/portal-trio'
import { spawnPortal } from '../support/process'

const SEEDS = Array.from({ length: 20 }, (_, seed) => seed)

it('the schedule of a seed is always the same', () => {
  expect(scheduleOf(7)).toEqual(scheduleOf(7))
  expect(scheduleOf(7)).not.toEqual(scheduleOf(8))
})

it.each(SEEDS)(
  'three portals have everything that was acknowledged after the partitions of seed %i',
  async (seed) => {
    await expectToConverge(await openTrio(), scheduleOf(seed))
  },
)

it('three processes do, with their data on the disk', async () => {
  await expectToConverge(await spawnTrio(), scheduleOf(1_000))
})

async function spawnTrio(): Promise<Trio> {
  const portals: Awaited<ReturnType<typeof spawnPortal>>[] = []
  for (let index = 0; index < 3; index++) {
    const peers = portals.flatMap(({ peerUri }) => ['--peer', peerUri])
    portals.push(await spawnPortal('--faults', '--data-dir', await makeTemporaryFolder(), ...peers))
  }
  return {
    urls: portals.map(({ url }) => url),
    peerUris: portals.map(({ peerUri }) => peerUri),
    cutOff: async (index, partitionFrom) => {
      const answer = await createClient(portals[index]?.url ?? '').postJson('/faults', { partitionFrom })
      expect(answer.status).toBe(200)
    },
  }
}
