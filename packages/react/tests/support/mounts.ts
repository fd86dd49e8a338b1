import { fileURLToPath } from 'node:url'
import { createPortal } from '@s5-conversations/s5-portal'
import { chromium, type Page } from 'playwright-core'
import { chromiumArgs, chromiumPath, requireChromium } from '../../../s5js/tests/browser/chromium'
import { heapOf, serveScript } from '../../../sdk-core/tests/support/chromium-page'
import type { MountsPage } from './mounts-page'

/** Bytes that the page's heap has grown by, while everything was mounted and unmounted `count` times. */
export async function heapGrowthOf(count: number): Promise<number> {
  await requireChromium()
  const portal = await createPortal({ port: 0 })
  const served = await serveScript(fileURLToPath(new URL('./mounts-page.tsx', import.meta.url)))
  const browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumArgs })
  try {
    const page = await browser.newPage()
    await page.goto(`${served.url}?portal=${encodeURIComponent(portal.url)}`)
    await mountMany(page, 50)
    const before = await heapOf(page)
    await mountMany(page, count)
    return (await heapOf(page)) - before
  } finally {
    await browser.close()
    served.close()
    await portal.close()
  }
}

function mountMany(page: Page, count: number): Promise<void> {
  return page.evaluate((n) => (globalThis as unknown as { page: MountsPage }).page.mountMany(n), count)
}
