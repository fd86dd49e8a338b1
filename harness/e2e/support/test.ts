import { test as base, expect, type Page } from '@playwright/test'

/** What no page may ever say, whatever happens to its network. */
const FORBIDDEN = /Revision number too low|DirectoryTransactionException/

/** What a page said and got while a test ran. */
export interface Heard {
  /** Console messages of level error, and uncaught errors; but not that the portal knows nothing of a key yet. */
  errors: string[]
  /** Everything on the console. */
  console: string[]
  /** Status codes of uploads to the portal. */
  uploads: number[]
}

interface Fixtures {
  portalUrl: string
  heard: Heard
}

/** Tests of the harness: each fails if its page says what is forbidden. */
export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern
  portalUrl: async ({}, use) => use(process.env.PORTAL_URL ?? ''),
  heard: [
    async ({ page }, use) => {
      const heard = listen(page)
      await use(heard)
      expect(heard.console.filter((text) => FORBIDDEN.test(text))).toEqual([])
    },
    { auto: true },
  ],
})

export { expect, type Page } from '@playwright/test'

/** Notes what `page` says and gets from now on. */
export function listen(page: Page): Heard {
  const heard: Heard = { errors: [], console: [], uploads: [] }
  page.on('console', (message) => {
    heard.console.push(message.text())
    if (message.type() === 'error') heard.errors.push(`${message.text()} ${message.location().url}`)
  })
  page.on('pageerror', (error) => {
    heard.console.push(error.message)
    heard.errors.push(error.message)
  })
  page.on('response', (response) => {
    const isUpload = response.request().method() === 'POST' && response.url().endsWith('/s5/upload')
    if (isUpload) heard.uploads.push(response.status())
  })
  return heard
}
