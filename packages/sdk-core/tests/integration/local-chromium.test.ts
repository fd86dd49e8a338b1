import { describe, expect, it } from 'vitest'
import { generateSeedPhrase } from '../../src/index'
import { heapOf } from '../support/chromium-page'
import { ask, createProfile, servePage, startChromium } from '../support/chromium-process'
import { startPortal, startSdk } from '../support/fixture'
import { killBrowserInRounds } from '../support/local-kills'
import { tearLog } from '../support/torn-log'

const MEBIBYTE = 1024 * 1024

async function startScene() {
  const [url, portal, seedPhrase] = [await servePage(), await startPortal(), generateSeedPhrase()]
  const chromium = await startChromium(createProfile(), url)
  const openPage = async (path = '') => {
    const page = await chromium.openPage(path)
    await ask(page, 'start', portal.url, seedPhrase)
    return page
  }
  const idsOnS5 = async () => {
    const other = await startSdk(portal.url, seedPhrase)
    return (await other.storage.loadConversation('one'))?.messages.map(({ id }) => id) ?? []
  }
  return { portal, seedPhrase, openPage, idsOnS5 }
}

describe('In Chromium', () => {
  it('ten tabs with fifty appends each give five hundred messages, once and in one order', async () => {
    const { openPage, idsOnS5 } = await startScene()
    const pages = await Promise.all(Array.from({ length: 10 }, () => openPage()))
    await Promise.all(pages.map((page, t) => ask(page, 'appendMany', 'one', String(t), 50)))
    const statuses = await Promise.all(pages.map((page) => ask(page, 'flush')))
    expect(statuses).toEqual(pages.map(() => 'saved'))
    const stored = await idsOnS5()
    expect(stored).toHaveLength(500)
    expect(new Set(stored).size).toBe(500)
    for (const page of pages) expect(await ask(page, 'ids', 'one')).toEqual(stored)
  }, 120_000)

  it('a hundred edits that are made offline are on S5 once the browser is online, after a reload, too', async () => {
    const { openPage, idsOnS5, portal, seedPhrase } = await startScene()
    const page = await openPage()
    await page.context().setOffline(true)
    await ask(page, 'appendMany', 'one', 'm', 100)
    expect(await ask(page, 'status', 'one', 'm-99')).toBe('saved locally')
    await page.context().setOffline(false)
    await page.reload()
    await page.waitForFunction(() => 'page' in globalThis)
    await ask(page, 'start', portal.url, seedPhrase)
    expect(await ask(page, 'flush')).toBe('saved')
    const ids = Array.from({ length: 100 }, (_, i) => `m-${i}`)
    expect(await idsOnS5()).toEqual(ids)
    expect(await ask(page, 'ids', 'one')).toEqual(ids)
  }, 120_000)

  it(
    'a browser that is killed again and again keeps all that it has acknowledged',
    () => killBrowserInRounds(5),
    120_000,
  )

  it('a text that grows a hundred times a second is written four times a second, and memory stays flat', async () => {
    const { openPage, portal, seedPhrase } = await startScene()
    const page = await openPage()
    const startedAt = performance.now()
    const writes = await ask(page, 'stream', 150, 10)
    const seconds = (performance.now() - startedAt) / 1000
    expect(writes).toBeLessThanOrEqual(Math.ceil(seconds * 4) + 1)
    await ask(page, 'saves', 50)
    await ask(page, 'cycles', portal.url, seedPhrase, 3)
    await ask(page, 'flush')
    const before = await heapOf(page)
    await ask(page, 'saves', 100)
    await ask(page, 'cycles', portal.url, seedPhrase, 5)
    await ask(page, 'flush')
    expect((await heapOf(page)) - before).toBeLessThan(2 * MEBIBYTE)
  }, 120_000)

  it('a browser that is killed in the middle of a write, and once more, keeps all that it has acknowledged', async () => {
    const [url, portal, seedPhrase, profile] = [
      await servePage(),
      await startPortal(),
      generateSeedPhrase(),
      createProfile(),
    ]
    const withoutPortal = async (id: string) => {
      const { openPage, kill } = await startChromium(profile, url)
      const page = await openPage()
      await page.route(`${portal.url}/**`, (route) => route.abort())
      await ask(page, 'start', portal.url, seedPhrase)
      await ask(page, 'append', 'one', id)
      await kill()
    }
    await withoutPortal('before')
    tearLog(profile)
    await withoutPortal('after')
    const page = await (await startChromium(profile, url)).openPage()
    await ask(page, 'start', portal.url, seedPhrase)
    expect(await ask(page, 'flush')).toBe('saved')
    expect(await ask(page, 'ids', 'one')).toEqual(['before', 'after'])
  }, 120_000)

  it('a tab with an earlier SDK is told to reload, and loses nothing that it acknowledged', async () => {
    const { openPage, idsOnS5, portal, seedPhrase } = await startScene()
    const earlier = await openPage()
    await ask(earlier, 'append', 'one', 'sent')
    await ask(earlier, 'flush')
    await earlier.route(`${portal.url}/**`, (route) => route.abort())
    await ask(earlier, 'appendMany', 'one', 'waiting', 10)
    const later = await openPage('later/')
    await ask(later, 'append', 'one', 'later')
    const outdated = /the local database is not usable: outdated/
    await expect(ask(earlier, 'append', 'one', 'refused')).rejects.toThrow(outdated)
    expect(await ask(later, 'flush')).toBe('saved')
    const ids = ['sent', ...Array.from({ length: 10 }, (_, i) => `waiting-${i}`), 'later']
    expect(await idsOnS5()).toEqual(ids)
    expect(await ask(later, 'ids', 'one')).toEqual(ids)
    await earlier.reload()
    await earlier.waitForFunction(() => 'page' in globalThis)
    const again = ask(earlier, 'start', portal.url, seedPhrase)
    await expect(again.then(() => ask(earlier, 'append', 'one', 'refused'))).rejects.toThrow(outdated)
  }, 120_000)

  it('a leader that freezes is replaced', async () => {
    const { openPage, idsOnS5 } = await startScene()
    const [frozen, page] = [await openPage(), await openPage()]
    await ask(page, 'append', 'one', 'before')
    await ask(page, 'flush')
    await ask(frozen, 'leadAndFreeze')
    await ask(page, 'append', 'one', 'after')
    expect(await ask(page, 'status', 'one', 'after')).toBe('saved locally')
    expect(await ask(page, 'flush')).toBe('saved')
    expect(await idsOnS5()).toEqual(['before', 'after'])
  }, 120_000)
})
