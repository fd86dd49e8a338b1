import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { createPortal } from '@s5-conversations/s5-portal'
import { type Browser, chromium, type Page } from 'playwright-core'
import { build, preview } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumArgs, chromiumPath, requireChromium } from '../../../packages/s5js/tests/browser/chromium'

const APP = fileURLToPath(new URL('..', import.meta.url))
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

let url: string
let browser: Browser
const toClose: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  const options = { root: APP, logLevel: 'error' } as const
  await build(options)
  const server = await preview({ ...options, preview: { host: '127.0.0.1', port: 0 } })
  const portal = await createPortal({ port: 0 })
  await requireChromium()
  browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumArgs })
  url = `${server.resolvedUrls?.local[0]}?portal=${encodeURIComponent(portal.url)}`
  toClose.push(
    () => browser.close(),
    () => server.close(),
    () => portal.close(),
  )
}, 120_000)

afterAll(async () => {
  for (const close of toClose) await close()
})

/** Pages of one person: with one identity, and on one device. */
async function openPages(count: number): Promise<{ pages: Page[]; errors: string[] }> {
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] })
  const errors: string[] = []
  const pages: Page[] = []
  for (let i = 0; i < count; i += 1) {
    const page = await context.newPage()
    page.on('pageerror', ({ message }) => errors.push(message))
    await page.goto(url)
    pages.push(page)
  }
  return { pages, errors }
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel('Message', { exact: true }).fill(text)
  await page.getByRole('button', { name: 'Send' }).click()
}

describe('The chat in React', () => {
  it('is a complete application of at most eighty lines', () => {
    const lines = readFileSync(`${APP}src/main.tsx`, 'utf8').trimEnd().split('\n')
    expect(lines.length).toBeLessThanOrEqual(80)
  })

  it('answers what is sent, all of it at once, lists it, and has it after a reload', async () => {
    const { pages, errors } = await openPages(1)
    const [page] = pages as [Page]
    for (let i = 0; i < 5; i += 1) await say(page, `message ${i}`)
    const messages = page.getByTestId('message')
    await messages.filter({ hasText: 'You said: message 4' }).waitFor()
    expect(await messages.count()).toBe(10)
    await page.locator('output', { hasText: /^saved$/ }).waitFor()
    await page.reload()
    await messages.filter({ hasText: 'You said: message 4' }).waitFor()
    expect(await messages.count()).toBe(10)
    await page.getByRole('button', { name: /^first \(\d+\)$/ }).waitFor()
    await page.addScriptTag({ path: AXE })
    const violations = await page.evaluate(
      'axe.run().then((result) => result.violations.map(({ id }) => id))',
    )
    expect(violations).toEqual([])
    expect(errors).toEqual([])
  }, 60_000)

  it('in two tabs tells the one that was overtaken, which keeps its work, refreshes, and goes on', async () => {
    const { pages, errors } = await openPages(2)
    const [a, b] = pages as [Page, Page]
    await say(a, 'from a')
    await b.getByTestId('message').filter({ hasText: 'You said: from a' }).waitFor()
    await say(b, 'from b')
    const banner = a.getByTestId('stale-session-banner')
    await banner.waitFor()
    expect(await b.getByTestId('stale-session-banner').count()).toBe(0)
    await a.bringToFront()
    await say(a, 'too late')
    await a.getByTestId('message').filter({ hasText: 'too late' }).getByText('failed').waitFor()
    await banner.getByRole('button', { name: 'Copy my work' }).click()
    await banner.getByText('Copied! You can paste after refreshing').waitFor()
    expect(await a.evaluate(() => navigator.clipboard.readText())).toBe('too late')
    await banner.getByRole('button', { name: 'Refresh to get latest' }).click()
    await banner.waitFor({ state: 'detached' })
    await a.getByTestId('message').filter({ hasText: 'You said: from b' }).waitFor()
    await say(a, 'pasted')
    await b.getByTestId('message').filter({ hasText: 'You said: pasted' }).waitFor()
    expect(errors).toEqual([])
  }, 60_000)
})
