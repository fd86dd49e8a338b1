import { IDBIndex, IDBObjectStore } from 'fake-indexeddb'
import { expect, onTestFinished } from 'vitest'
import { StoreUnavailableError } from '../../src/errors/storage-errors'
import { createRemote } from './cut-remote'
import { hastyClock } from './fake-clock'
import { user } from './fixture'
import { createDevice, openTab } from './local-tabs'

const CONVERSATIONS = 7
const PAGE_ROWS = 256
const REQUESTS = [
  'get',
  'getAll',
  'getAllKeys',
  'openCursor',
  'openKeyCursor',
  'add',
  'put',
  'delete',
] as const

/** What is asked of the databases of this process: what it is, and how many rows it gave. */
function watchRequests(): { method: string; rows: number }[] {
  const requests: { method: string; rows: number }[] = []
  for (const { prototype } of [IDBObjectStore, IDBIndex]) {
    for (const method of REQUESTS) {
      const original = Reflect.get(prototype, method)
      if (original === undefined) continue
      Reflect.set(prototype, method, function (this: unknown, ...args: unknown[]) {
        const request: IDBRequest = original.apply(this, args)
        const asked = { method, rows: 0 }
        requests.push(asked)
        request.addEventListener('success', () => {
          if (Array.isArray(request.result)) asked.rows = request.result.length
        })
        return request
      })
      onTestFinished(() => void Reflect.set(prototype, method, original))
    }
  }
  return requests
}

/** Fills the outbox while the network is away, then sends all of it: each row once, in order. */
export async function sendManyRows(rows: number): Promise<void> {
  const requests = watchRequests()
  const { remote, line, store } = createRemote()
  const device = createDevice()
  const offline = { isOnline: () => line.fault === undefined, listen: () => () => {} }
  const tab = await openTab(device, remote, { clock: hastyClock, connectivity: offline })
  line.fault = new StoreUnavailableError('cut')
  const costs: string[][] = []
  for (let i = 0; i < rows; i += 1) {
    requests.length = 0
    await tab.sdk.storage.appendMessage(`c${i % CONVERSATIONS}`, user(String(i)))
    costs.push(requests.map(({ method }) => method))
  }
  expect(costs.at(-1)).toEqual(costs[CONVERSATIONS])
  expect(costs.at(-1)?.length).toBeGreaterThan(0)
  await expect.poll(() => tab.outbox.getStatus().waiting, { timeout: 30_000 }).toBe(rows)
  requests.length = 0
  line.fault = undefined
  await tab.outbox.flush({ signal: AbortSignal.timeout(600_000) })
  expect(Math.max(...requests.map((request) => request.rows))).toBe(Math.min(rows, PAGE_ROWS))
  expect(line.asked).toHaveLength(rows)
  const expected = Array.from({ length: rows }, (_, i) => i)
  for (let c = 0; c < CONVERSATIONS; c += 1) {
    const stored = await store.load(`c${c}`, {}, new AbortController().signal)
    const numbers = stored?.messages.map(({ content }) => Number(content))
    expect(numbers).toEqual(expected.filter((i) => i % CONVERSATIONS === c))
  }
}
