import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { StoreUnavailableError } from '../../src/errors/storage-errors'
import { DebouncedSave } from '../../src/local/debounced-save'
import { createRemote } from '../support/cut-remote'
import { hastyClock } from '../support/fake-clock'
import { textsOf, user } from '../support/fixture'
import { createDevice, openTab } from '../support/local-tabs'

const DAY_MS = 24 * 60 * 60_000

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 0, 1) }))
afterEach(() => void vi.useRealTimers())

const jump = (days: number) => vi.setSystemTime(Date.now() + days * DAY_MS)

describe('A clock that goes a year ahead, and a day back', () => {
  it('loses nothing that waits, keeps its order, and holds no attempt back', async () => {
    const { remote, line, store } = createRemote()
    const device = createDevice()
    const tab = await openTab(device, remote, { clock: hastyClock })
    line.fault = new StoreUnavailableError('cut')
    for (const [i, days] of [0, 365, -366, 1, -30].entries()) {
      jump(days)
      await tab.sdk.storage.appendMessage('one', user(String(i)))
      await expect.poll(() => tab.outbox.getStatus().lastError?.code).toBe('STORE_UNAVAILABLE')
    }
    await tab.sdk.close()
    jump(-365)
    line.fault = undefined
    const again = await openTab(device, remote, { clock: hastyClock })
    jump(700)
    await again.sdk.storage.appendMessage('one', user('5'))
    await again.outbox.flush({ signal: AbortSignal.timeout(20_000) })
    const texts = ['0', '1', '2', '3', '4', '5']
    expect(await textsOf(again.sdk, 'one')).toEqual(texts)
    const stored = await store.load('one', {}, new AbortController().signal)
    expect(stored?.messages.map(({ content }) => content)).toEqual(texts)
    expect(again.outbox.getStatus()).toMatchObject({ status: 'saved', failed: 0 })
  })

  it('lets a debounced save go on', async () => {
    const { remote } = createRemote()
    const tab = await openTab(createDevice(), remote, { clock: hastyClock })
    const saver = new DebouncedSave({ storage: tab.sdk.storage, delayMs: 20 })
    for (const days of [365, -366]) {
      const saved = saver.save({ id: 'one', messages: [{ id: 'm', ...user(`after ${days} days`) }] })
      jump(days)
      expect((await saved).status).toBe('saved')
      expect(await textsOf(tab.sdk, 'one')).toEqual([`after ${days} days`])
    }
    await saver.close()
  })
})
