import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { generateSeedPhrase } from '../../src/index'
import { closeAfterTest, startSdk, textsOf, user } from '../support/fixture'
import { PortalProcess } from '../support/portal-process'

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 's5-rollback-'))
  closeAfterTest({ close: () => rm(folder, { recursive: true, force: true }) })
  return folder
}

async function startPortalOn(dataDir: string): Promise<PortalProcess> {
  const portal = closeAfterTest(new PortalProcess(dataDir))
  await portal.start()
  return portal
}

const long = (name: string) => user(`${name} ${name.repeat(6000)}`)
const firstWords = (texts: string[]) => texts.map((text) => text.split(' ')[0])

it('A device that saw more than a portal restored from a backup gives it everything back', async () => {
  const [dataDir, backup] = await Promise.all([temporaryFolder(), temporaryFolder()])
  const portal = await startPortalOn(dataDir)
  const seedPhrase = generateSeedPhrase()
  const device = await startSdk(portal.url, seedPhrase)
  await device.storage.appendMessage('one', long('first'))
  await portal.close()
  await cp(dataDir, backup, { recursive: true })
  await portal.start()
  for (const name of ['second', 'third', 'fourth']) await device.storage.appendMessage('one', long(name))
  await portal.kill()
  await rm(dataDir, { recursive: true })
  await cp(backup, dataDir, { recursive: true })
  await portal.start()

  expect(firstWords(await textsOf(device, 'one'))).toEqual(['first', 'second', 'third', 'fourth'])
  await device.storage.appendMessage('one', long('fifth'))
  const fresh = await startSdk(portal.url, seedPhrase)
  expect(firstWords(await textsOf(fresh, 'one'))).toEqual(['first', 'second', 'third', 'fourth', 'fifth'])
})

it('Two histories that went apart over a restored backup are united', async () => {
  const [dataDir, backup] = await Promise.all([temporaryFolder(), temporaryFolder()])
  const portal = await startPortalOn(dataDir)
  const seedPhrase = generateSeedPhrase()
  const device = await startSdk(portal.url, seedPhrase)
  await device.storage.appendMessage('one', user('first'))
  await portal.close()
  await cp(dataDir, backup, { recursive: true })
  await portal.start()
  await device.storage.appendMessage('one', user('lost by the portal'))
  await portal.kill()
  await rm(dataDir, { recursive: true })
  await cp(backup, dataDir, { recursive: true })
  await portal.start()

  const newcomer = await startSdk(portal.url, seedPhrase)
  await newcomer.storage.appendMessages('one', [user('by a newcomer'), user('who knew nothing of it')])
  await newcomer.storage.appendMessage('one', user('and went on'))
  expect(await textsOf(device, 'one')).toHaveLength(5)
  await device.storage.appendMessage('one', user('last'))
  const texts = await textsOf(newcomer, 'one')
  expect(texts).toHaveLength(6)
  expect(texts).toContain('lost by the portal')
  expect(texts.at(-1)).toBe('last')
  expect(await textsOf(device, 'one')).toEqual(texts)
  expect(device.storage.getStats().merges).toBeGreaterThan(0)
})
