import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { createPortal } from '@s5-conversations/s5-portal'
import { build } from 'esbuild'
import { chromium, type Page } from 'playwright-core'
import { chromiumArgs, chromiumPath, requireChromium } from '../../../s5js/tests/browser/chromium'
import type { MountsPage } from './mounts-page'

/** Bytes that the page's heap has grown by, while everything was mounted and unmounted `count` times. */
export async function heapGrowthOf(count: number): Promise<number> {
  await requireChromium()
  const [portal, server] = [await createPortal({ port: 0 }), await servePage()]
  const browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumArgs })
  try {
    const page = await browser.newPage()
    const { port } = server.address() as AddressInfo
    await page.goto(`http://127.0.0.1:${port}/?portal=${encodeURIComponent(portal.url)}`)
    await mountMany(page, 50)
    const before = await heapOf(page)
    await mountMany(page, count)
    return (await heapOf(page)) - before
  } finally {
    await browser.close()
    server.closeAllConnections()
    server.close()
    await portal.close()
  }
}

function mountMany(page: Page, count: number): Promise<void> {
  return page.evaluate((n) => (globalThis as unknown as { page: MountsPage }).page.mountMany(n), count)
}

async function servePage() {
  const bundle = await build({
    entryPoints: [fileURLToPath(new URL('./mounts-page.tsx', import.meta.url))],
    conditions: ['@s5-conversations/source'],
    bundle: true,
    format: 'esm',
    jsx: 'automatic',
    platform: 'browser',
    define: { 'process.env.NODE_ENV': '"production"' },
    write: false,
  })
  const script = bundle.outputFiles[0]?.text ?? ''
  const server = createServer(({ url }, response) => {
    const isScript = url === '/page.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? script : '<!doctype html><body><script type="module" src="/page.js"></script>')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

/** Heap in use after a collection, in bytes. */
async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.enable')
  for (let i = 0; i < 3; i += 1) await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  await session.detach()
  return usedSize
}
