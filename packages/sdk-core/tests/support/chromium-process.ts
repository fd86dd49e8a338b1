import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { type Browser, chromium, type Page } from 'playwright-core'
import { chromiumArgs, chromiumPath, requireChromium } from '../../../s5js/tests/browser/chromium'
import { closeAfterTest } from './fixture'
import type { LocalPage } from './local-page'

/** A Chromium process with its profile in a folder: it can be killed, and started again. */
export interface ChromiumProcess {
  browser: Browser
  openPage(): Promise<Page>
  kill(): Promise<void>
}

/** Bundles the page of the tests and serves it; gives back its URL. */
export async function servePage(): Promise<string> {
  await requireChromium()
  const bundle = await build({
    entryPoints: [fileURLToPath(new URL('./local-page.ts', import.meta.url))],
    conditions: ['@s5-conversations/source'],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    write: false,
  })
  const script = bundle.outputFiles[0]?.text ?? ''
  const server = createServer(({ url }, response) => {
    const isScript = url === '/page.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? script : '<!doctype html><script type="module" src="/page.js"></script>')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closeAfterTest({
    close: async () => {
      server.closeAllConnections()
      server.close()
    },
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

/** A folder for a profile, away after the test. */
export function createProfile(): string {
  const folder = mkdtempSync(join(tmpdir(), 's5-conversations-'))
  closeAfterTest({ close: async () => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }) })
  return folder
}

export async function startChromium(profile: string, url: string): Promise<ChromiumProcess> {
  const args = [...chromiumArgs, '--no-first-run', '--remote-debugging-port=0', `--user-data-dir=${profile}`]
  const child = spawn(chromiumPath, args, { detached: true, stdio: ['ignore', 'ignore', 'pipe'] })
  const exited = once(child, 'exit')
  const kill = async () => {
    killGroup(child)
    await exited
  }
  closeAfterTest({ close: kill })
  const browser = await chromium.connectOverCDP(await endpointOf(child))
  const openPage = async () => {
    const page = await (browser.contexts()[0] ?? (await browser.newContext())).newPage()
    await page.goto(url)
    await page.waitForFunction(() => 'page' in globalThis)
    return page
  }
  return { browser, openPage, kill }
}

/** Calls the page of {@link servePage}. */
export function ask<M extends keyof LocalPage>(
  page: Page,
  method: M,
  ...args: Parameters<LocalPage[M]>
): Promise<Awaited<ReturnType<LocalPage[M]>>> {
  return page.evaluate(
    ([name, values]) => {
      const { page } = globalThis as unknown as { page: Record<string, (...args: unknown[]) => unknown> }
      return page[name as string]?.(...(values as unknown[]))
    },
    [method, args] as const,
  ) as Promise<Awaited<ReturnType<LocalPage[M]>>>
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

/** The whole process group at once, as when the machine kills it. */
function killGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return
  process.kill(-pid, 'SIGKILL')
}

async function endpointOf({ stderr }: ChildProcess): Promise<string> {
  if (stderr === null) throw new Error('Chromium has no stderr')
  for await (const line of createInterface(stderr)) {
    const [, endpoint] = /^DevTools listening on (ws:.+)$/.exec(line) ?? []
    if (endpoint !== undefined) return endpoint
  }
  throw new Error('Chromium ended before it was ready')
}
