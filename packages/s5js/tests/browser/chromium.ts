import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import bundled from '@sparticuz/chromium'
import { chromium } from 'playwright-core'

/** Where the Chromium is that the tests run in: that of `CHROME_PATH`, or the one from npm once it is unpacked. */
export const chromiumPath = process.env.CHROME_PATH ?? join(tmpdir(), 'chromium')
export const chromiumArgs = [
  '--no-sandbox',
  '--headless=new',
  '--disable-gpu',
  '--disable-background-networking',
]

/** Unpacks Chromium if need be and sees that it starts: tests that cannot run in it have failed. */
export async function requireChromium(): Promise<void> {
  try {
    if (process.env.CHROME_PATH === undefined) await bundled.executablePath()
    await launch().catch(launchWithBundledLibraries)
  } catch (cause) {
    const advice = 'Set CHROME_PATH to a Chromium or Chrome that runs on this machine.'
    throw new Error(`Chromium does not start from ${chromiumPath}. ${advice}`, { cause })
  }
}

// Machines without Chromium's system libraries get those that come with the package.
async function launchWithBundledLibraries(error: unknown): Promise<void> {
  if (!String(error).includes('error while loading shared libraries')) throw error
  const packed = readFileSync(new URL('../../bin/al2023.tar.br', import.meta.resolve('@sparticuz/chromium')))
  const folder = join(tmpdir(), 'chromium-libraries')
  mkdirSync(folder, { recursive: true })
  execFileSync('tar', ['-x', '-C', folder], { input: brotliDecompressSync(packed) })
  process.env.LD_LIBRARY_PATH = join(folder, 'lib')
  await launch()
}

async function launch(): Promise<void> {
  const browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumArgs })
  await browser.close()
}
