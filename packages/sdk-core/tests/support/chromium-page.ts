import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { build, type Plugin } from 'esbuild'
import type { Page } from 'playwright-core'

/** A page on a server of its own. */
export interface ServedPage {
  url: string
  close(): void
}

/**
 * Bundles a script for browsers, from the sources of the packages, and serves a page that runs it; under `later/`, of the
 * same origin, one that runs it as `later` changes it.
 */
export async function serveScript(entryPoint: string, later?: Plugin): Promise<ServedPage> {
  const scripts = new Map([['/page.js', await bundle(entryPoint, [])]])
  if (later !== undefined) scripts.set('/later/page.js', await bundle(entryPoint, [later]))
  const server = createServer(({ url = '' }, response) => {
    const script = scripts.get(url)
    response.setHeader('content-type', script === undefined ? 'text/html' : 'text/javascript')
    response.end(script ?? '<!doctype html><body><script type="module" src="page.js"></script>')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${port}/`, close }
}

async function bundle(entryPoint: string, plugins: Plugin[]): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entryPoint],
    conditions: ['@s5-conversations/source'],
    bundle: true,
    format: 'esm',
    jsx: 'automatic',
    platform: 'browser',
    define: { 'process.env.NODE_ENV': '"production"' },
    write: false,
    plugins,
  })
  return outputFiles[0]?.text ?? ''
}

/** Heap in use after a collection, in bytes. */
export async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.enable')
  for (let i = 0; i < 3; i += 1) await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  await session.detach()
  return usedSize
}
