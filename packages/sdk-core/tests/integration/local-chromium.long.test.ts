import { expect, it } from 'vitest'
import { generateSeedPhrase } from '../../src/index'
import { heapOf } from '../support/chromium-page'
import { ask, createProfile, servePage, startChromium } from '../support/chromium-process'
import { startPortal } from '../support/fixture'
import { killBrowserInRounds } from '../support/local-kills'

it('A browser that is killed fifty times keeps all that it has acknowledged', () => killBrowserInRounds(50))

it('Memory stays flat over ten thousand saves and a thousand times open and closed', async () => {
  const [url, portal, seedPhrase] = [await servePage(), await startPortal(), generateSeedPhrase()]
  const page = await (await startChromium(createProfile(), url)).openPage()
  await ask(page, 'start', portal.url, seedPhrase)
  const work = async (saves: number, cycles: number) => {
    await ask(page, 'saves', saves)
    await ask(page, 'cycles', portal.url, seedPhrase, cycles)
    await ask(page, 'flush')
    return heapOf(page)
  }
  const before = await work(100, 10)
  expect((await work(10_000, 1_000)) - before).toBeLessThan(4 * 1024 * 1024)
})
