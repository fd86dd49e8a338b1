import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished, vi } from 'vitest'
import type { PortalOptions } from '../../src/portal-options'
import { type PortalEnvironment, startPortal } from '../../src/start-portal'

const ENVIRONMENT: PortalEnvironment = {
  now: Date.now,
  limits: { headersMs: 15_000, requestMs: 120_000, idleMs: 30_000, stopMs: 5_000 },
  network: { dial: { firstMs: 5, maxMs: 100 }, sync: { retryMs: 20, againMs: 60_000 }, probeMs: 30_000 },
}

/** Starts a portal on a free port, which is closed when the test ends. */
export async function openPortal(options: PortalOptions = {}, environment: Partial<PortalEnvironment> = {}) {
  const portal = await startPortal({ port: 0, ...options }, { ...ENVIRONMENT, ...environment })
  onTestFinished(() => portal.close())
  return portal
}

/** Waits until what is expected is so. */
export function eventually(expectation: () => Promise<void> | void, timeout = 10_000): Promise<void> {
  return vi.waitFor(expectation, { timeout, interval: 5 })
}

/** Makes a folder that is removed when the test ends. */
export async function makeTemporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 's5-portal-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** @returns how many blobs are stored in a data folder, and how many are half-received. */
export async function countFiles(dataDir: string): Promise<{ blobs: number; temporary: number }> {
  const [blobs, temporary] = await Promise.all(
    ['blobs', 'temporary'].map((name) => readdir(join(dataDir, name))),
  )
  return { blobs: blobs?.length ?? 0, temporary: temporary?.length ?? 0 }
}
