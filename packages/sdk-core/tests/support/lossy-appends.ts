import { expect } from 'vitest'
import { runAppendProcesses } from './append-processes'
import { startFaultProxy } from './fault-proxy'
import { closeAfterTest, startPortal } from './fixture'

/** The share of answers that get lost after the portal acted on the request. */
const LOST_ANSWERS = 0.05
const DELAY_MS = 25

/**
 * Processes that append as fast as they can over a network with 25 ms each way, on which 5 % of the answers to
 * writes are lost: all are acknowledged, all are there once, in the same order for every process.
 */
export async function checkLossyAppends(processes: number, count: number): Promise<void> {
  const portal = await startPortal()
  const isWrite = ({ method, path }: { method: string; path: string }) =>
    method === 'POST' && (path === '/s5/registry' || path === '/s5/upload')
  const proxy = closeAfterTest(
    await startFaultProxy(
      portal.url,
      (request) =>
        isWrite(request) && Math.random() < LOST_ANSWERS ? { kind: 'drop-answer' } : { kind: 'none' },
      DELAY_MS,
    ),
  )
  const reports = await runAppendProcesses(proxy.url, processes, count, true)
  expect(reports.map(({ acknowledged }) => acknowledged)).toEqual(reports.map(() => count))
  const [first, ...others] = reports.map(({ texts }) => texts)
  expect(first).toHaveLength(processes * count)
  expect(new Set(first).size).toBe(processes * count)
  for (const other of others) expect(other).toEqual(first)
}
