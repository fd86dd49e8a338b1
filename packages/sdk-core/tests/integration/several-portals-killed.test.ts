import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createSdk, generateSeedPhrase, type Sdk } from '../../src/index'
import { closeAfterTest, startSdk, textsOf, user } from '../support/fixture'
import { PortalProcess } from '../support/portal-process'

const WRITERS = 2
const APPENDS = 50

async function startProcess(): Promise<PortalProcess> {
  const dataDir = await mkdtemp(join(tmpdir(), 's5-several-'))
  closeAfterTest({ close: () => rm(dataDir, { recursive: true, force: true }) })
  const portal = closeAfterTest(new PortalProcess(dataDir))
  await portal.start()
  return portal
}

it('Two writers of 50 messages each lose nothing when one of three portals is killed among them, and comes back', async () => {
  const processes = await Promise.all([startProcess(), startProcess(), startProcess()])
  const seedPhrase = generateSeedPhrase()
  const portals = processes.map(({ url }) => url)
  const start = async () => closeAfterTest(await createSdk({ portals, seedPhrase }))
  const [victim] = processes
  let acknowledged = 0
  const write = async (device: Sdk, writer: number) => {
    for (let i = 0; i < APPENDS; i += 1) {
      await device.storage.appendMessage('one', user(`writer ${writer}, message ${i}`))
      acknowledged += 1
      if (acknowledged === 30) await victim?.kill()
      if (acknowledged === 70) await victim?.start()
    }
  }
  const devices = await Promise.all(Array.from({ length: WRITERS }, start))
  await Promise.all(devices.map(write))

  const texts = await textsOf(await start(), 'one')
  expect(new Set(texts).size).toBe(WRITERS * APPENDS)
  expect(texts).toHaveLength(WRITERS * APPENDS)
  for (const device of devices) expect(await textsOf(device, 'one')).toEqual(texts)
  for (const portal of portals) {
    const reader = await startSdk(portal, seedPhrase)
    await expect.poll(() => textsOf(reader, 'one'), { timeout: 20_000 }).toEqual(texts)
  }
})
