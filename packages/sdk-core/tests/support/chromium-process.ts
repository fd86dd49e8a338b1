import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { chromiumArgs, chromiumPath, requireChromium } from '../../../s5js/tests/browser/chromium'
import { serveScript } from './chromium-page'
import { closeAfterTest } from './fixture'
import { laterSdk } from './later-sdk'
import type { LocalPage } from './local-page'

/** A Chromium process with its profile in a folder: it can be killed, and started again. */
export interface ChromiumProcess {
  browser: Browser
  /** @param path of the page on its server */
  openPage(path?: string): Promise<Page>
  kill(): Promise<void>
}

/** Serves the page of the tests, and under `later/` the same with a later SDK; gives back its URL. */
export async function servePage(): Promise<string> {
  await requireChromium()
  const { url, close } = await serveScript(
    fileURLToPath(new URL('./local-page.ts', import.meta.url)),
    laterSdk,
  )
  closeAfterTest({ close: async () => close() })
  return url
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
  const openPage = async (path = '') => {
    const page = await (browser.contexts()[0] ?? (await browser.newContext())).newPage()
    await page.goto(`${url}${path}`)
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
