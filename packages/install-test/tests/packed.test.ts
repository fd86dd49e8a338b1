import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createPortal, type Portal } from '@s5-conversations/s5-portal'
import { chromium } from 'playwright-core'
import { publint } from 'publint'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumArgs, chromiumPath, requireChromium } from '../../s5js/tests/browser/chromium'
import { dependenciesIn, installApp, PUBLISHED, pack } from './installed-app'

const run = promisify(execFile)
const BIN = fileURLToPath(new URL('../node_modules/.bin', import.meta.url))
// Nothing of the test runner: what is run resolves packages as any application does.
const env = {
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  NEXT_TELEMETRY_DISABLED: '1',
  NODE_ENV: 'production',
} as const

let tarballs: Map<string, string>
let portal: Portal

beforeAll(async () => {
  tarballs = new Map(PUBLISHED.map((folder) => [folder, pack(folder)]))
  portal = await createPortal({ port: 0 })
})
afterAll(() => portal.close())

function tarballOf(folder: string): string {
  return tarballs.get(folder) ?? ''
}

/** The text that a page shows once it has saved and loaded. */
async function textIn(url: string): Promise<string | null> {
  await requireChromium()
  const browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumArgs })
  try {
    const page = await browser.newPage()
    await page.goto(`${url}/?portal=${encodeURIComponent(portal.url)}`)
    return await page.locator('#loaded:not(:empty)').textContent()
  } finally {
    await browser.close()
  }
}

/** Runs a server until `use` is done with the URL that it prints. */
async function withServer<T>(cwd: string, args: string[], use: (url: string) => Promise<T>): Promise<T> {
  const server = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    for await (const line of createInterface({ input: server.stdout })) {
      const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? []
      if (url !== undefined) {
        server.stdout.resume()
        return await use(url)
      }
    }
    throw new Error('the server ended before it was ready')
  } finally {
    server.kill()
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit')
  }
}

describe('The packed tarballs', () => {
  it.each(PUBLISHED)(
    'of %s name only what a registry has, and publint finds nothing in them',
    async (folder) => {
      const tarball = tarballOf(folder)
      for (const [name, range] of Object.entries(dependenciesIn(tarball))) {
        expect(`${name}@${range}`).not.toMatch(/catalog:|workspace:|@s5-dev/)
      }
      const { buffer } = new Uint8Array(readFileSync(tarball))
      const { messages } = await publint({ pack: { tarball: buffer }, strict: true })
      expect(messages).toEqual([])
    },
  )

  it.each(PUBLISHED)('of %s have types that fit however they are resolved', async (folder) => {
    // Ends with an error where it finds anything. `node10` knows no subpaths, and no Node that we run on is like it.
    const flags = ['--profile', 'node16', '--format', 'ascii', '--exclude-entrypoints', './styles.css']
    const attw = run(join(BIN, 'attw'), [tarballOf(folder), ...flags], { env })
    await expect(attw).resolves.toMatchObject({
      stdout: expect.stringContaining(`s5-conversations/${folder} v`),
    })
  })

  it('run in an ES module and in a CommonJS module of plain Node', async () => {
    const esm = await run(process.execPath, [join(installApp('node-esm', tarballs), 'main.mjs')], { env })
    expect(esm.stdout.trim()).toBe('from an ES module function function')
    const cjs = await run(process.execPath, [join(installApp('node-cjs', tarballs), 'main.cjs')], { env })
    expect(cjs.stdout.trim()).toBe('from a CommonJS module')
  })

  it('run in the bundle of a Vite app', async () => {
    const app = installApp('vite', tarballs, ['vite'])
    const vite = join(app, 'node_modules/vite/bin/vite.js')
    await run(process.execPath, [vite, 'build', '--logLevel', 'warn'], { cwd: app, env })
    const preview = [vite, 'preview', '--host', '127.0.0.1', '--port', '0']
    expect(await withServer(app, preview, textIn)).toBe('from a Vite bundle')
  })

  it('run in a server route and a client page of a Next app', async () => {
    const app = installApp('next', tarballs, ['next', 'react', 'react-dom'])
    const next = join(app, 'node_modules/next/dist/bin/next')
    await run(process.execPath, [next, 'build'], { cwd: app, env })
    await withServer(app, [next, 'start', '-H', '127.0.0.1', '-p', '0'], async (url) => {
      const answer = await fetch(`${url}/api/round-trip?portal=${encodeURIComponent(portal.url)}`)
      expect(await answer.text()).toBe('from a server route')
      expect(await textIn(url)).toBe('from a client page')
    })
  })
})
