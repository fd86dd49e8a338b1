import { expect } from 'vitest'
import { generateSeedPhrase } from '../../src/index'
import { ask, createProfile, servePage, startChromium } from './chromium-process'
import { startPortal, startSdk } from './fixture'

/** At least one append is acknowledged before the kill, which comes so long after that, in ms. */
const LONGEST_MS = 400

/** Kills the browser again and again while it saves: nothing that was acknowledged is ever missing. */
export async function killBrowserInRounds(rounds: number): Promise<void> {
  const [url, portal, profile, seedPhrase] = [
    await servePage(),
    await startPortal(),
    createProfile(),
    generateSeedPhrase(),
  ]
  const told: string[] = []
  for (let round = 0; round < rounds; round += 1) {
    const chromium = await startChromium(profile, url)
    const page = await chromium.openPage()
    let onFirst = () => {}
    const first = new Promise<void>((resolve) => {
      onFirst = resolve
    })
    await page.exposeFunction('acknowledged', (id: string) => {
      told.push(id)
      onFirst()
    })
    await ask(page, 'start', portal.url, seedPhrase)
    expect(await ask(page, 'ids', 'one')).toEqual(expect.arrayContaining(told))
    void page.evaluate((prefix) => {
      const { page } = globalThis as unknown as { page: { appendForever(id: string, prefix: string): void } }
      page.appendForever('one', prefix)
    }, `round ${round}`)
    await first
    await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_MS))
    await chromium.kill()
  }
  const page = await (await startChromium(profile, url)).openPage()
  await ask(page, 'start', portal.url, seedPhrase)
  await ask(page, 'flush')
  const kept = await ask(page, 'ids', 'one')
  const other = await startSdk(portal.url, seedPhrase)
  const stored = (await other.storage.loadConversation('one'))?.messages.map(({ id }) => id) ?? []
  expect(stored).toEqual(kept)
  expect(new Set(stored).size).toBe(stored.length)
  expect(stored).toEqual(expect.arrayContaining(told))
}
