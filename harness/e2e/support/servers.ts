import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createPortal } from '@s5-conversations/s5-portal'
import { generateSeedPhrase } from '@s5-conversations/sdk-core'
import { requireChromium } from '../../../packages/s5js/tests/browser/chromium'

const HARNESS = fileURLToPath(new URL('../..', import.meta.url))
const nextCommand = createRequire(import.meta.url).resolve('next/dist/bin/next')

/** A portal and the harness on free ports, for all tests; `HARNESS_URL` and `PORTAL_URL` tell where. */
export default async function startServers(): Promise<() => Promise<void>> {
  // If a server never closed, Node.js would end with 0, and without the results. Playwright's own code replaces this.
  process.exitCode = 1
  await requireChromium()
  const portal = await createPortal({ port: 0, faults: true })
  const next = await startHarness(portal.url)
  process.env.PORTAL_URL = portal.url
  process.env.HARNESS_URL = next.url
  return async () => {
    await stop(next.process)
    await portal.close()
  }
}

/** The production build, served on a free port. */
export async function startHarness(
  portalUrl: string,
  env: Record<string, string> = {},
): Promise<{ url: string; process: ChildProcess }> {
  const child = spawn(process.execPath, [nextCommand, 'start', '-H', '127.0.0.1', '-p', '0'], {
    cwd: HARNESS,
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      S5_PORTAL_URL: portalUrl,
      S5_SEED_PHRASE: generateSeedPhrase(),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? []
    if (url === undefined) continue
    child.stdout.resume()
    return { url, process: child }
  }
  throw new Error('The harness ended before it was ready: was it built? `npm run build:harness`')
}

export async function stop(child: ChildProcess): Promise<void> {
  child.kill()
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}
