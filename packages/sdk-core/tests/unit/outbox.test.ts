import { describe, expect, it } from 'vitest'
import type { ConversationChange } from '../../src/conversation/change'
import { NotAuthenticatedError } from '../../src/errors/identity-errors'
import { InvalidInputError } from '../../src/errors/input-errors'
import { StoreUnavailableError } from '../../src/errors/storage-errors'
import type { ConversationStore } from '../../src/storage/conversation-store'
import { createRemote } from '../support/cut-remote'
import { hastyClock } from '../support/fake-clock'
import { textsOf, user } from '../support/fixture'
import { createDevice, openTab, type Tab } from '../support/local-tabs'
import { sendManyRows } from '../support/many-rows'

const unreachable = new StoreUnavailableError('cut')
const quick = { clock: hastyClock }

async function allSent(tab: Tab): Promise<void> {
  await tab.outbox.flush({ signal: AbortSignal.timeout(20_000) })
}

describe('The outbox', () => {
  it('keeps what waits when the network says to sign in again, and sends it afterwards', async () => {
    const { remote, line } = createRemote()
    line.fault = new NotAuthenticatedError('expired')
    const tab = await openTab(createDevice(), remote, quick)
    await tab.sdk.storage.appendMessage('one', user('x'))
    await expect.poll(() => tab.outbox.getStatus().lastError?.code).toBe('NOT_AUTHENTICATED')
    expect(tab.outbox.getStatus()).toMatchObject({ status: 'saved locally', waiting: 1, failed: 0 })
    line.fault = undefined
    await allSent(tab)
    expect(tab.outbox.getStatus()).toMatchObject({ status: 'saved', waiting: 0 })
  })

  it('asks again for exactly the same after an answer was lost, and it lands once', async () => {
    const { remote, line, store } = createRemote()
    let isLost = true
    const lossy: ConversationStore = {
      ...remote,
      commit: async (id, changes, signal) => {
        const outcomes = await remote.commit(id, changes, signal)
        if (isLost) throw new StoreUnavailableError('lost', { outcome: 'unknown' })
        return outcomes
      },
    }
    const device = createDevice()
    const first = await openTab(device, lossy, quick)
    await first.sdk.storage.appendMessages('one', [user('ok'), user('ok')])
    await first.sdk.storage.saveConversation({ id: 'two', title: 'Two', messages: [] })
    const timesSaved = () => line.asked.flat().filter(({ kind }) => kind === 'save').length
    await expect.poll(timesSaved).toBeGreaterThan(1)
    await first.sdk.close()
    isLost = false
    const second = await openTab(device, lossy, quick)
    await allSent(second)
    const signal = new AbortController().signal
    expect((await store.load('one', {}, signal))?.messages.map(({ content }) => content)).toEqual([
      'ok',
      'ok',
    ])
    expect((await store.load('two', {}, signal))?.version).toBe(1)
    for (const kind of ['append', 'save']) {
      const asked = line.asked.flat().filter((change) => change.kind === kind)
      for (const each of asked) expect(each).toEqual(asked[0])
    }
  })

  it('puts aside what can never succeed, with its error and its content, and sends the rest', async () => {
    const { remote, line, store } = createRemote()
    const signal = new AbortController().signal
    const tab = await openTab(createDevice(), remote, quick)
    await tab.sdk.storage.appendMessage('gone', user('first'))
    await allSent(tab)
    line.fault = unreachable
    await tab.sdk.storage.appendMessage('gone', { id: 'late', ...user('late') })
    await tab.sdk.storage.appendMessage('other', user('other'))
    const deletion: ConversationChange = { kind: 'delete', ids: 'fresh', messages: [], fields: {} }
    await store.commit('gone', [deletion], signal)
    line.fault = undefined
    await allSent(tab)
    expect(tab.outbox.getStatus()).toMatchObject({ status: 'failed', waiting: 0, failed: 1 })
    expect(await tab.outbox.statusOf('gone', 'late')).toBe('failed')
    const [failed] = await tab.outbox.listFailed()
    expect(failed).toMatchObject({
      conversationId: 'gone',
      messages: [{ id: 'late', content: 'late' }],
      error: { code: 'CONVERSATION_DELETED' },
    })
    expect(tab.notices).toContain('save_failed')
    expect(await textsOf(tab.sdk, 'other')).toEqual(['other'])
    expect(await tab.sdk.storage.loadConversation('gone')).toBeUndefined()
    await tab.outbox.discard(failed?.id ?? 0)
    await expect.poll(() => tab.outbox.getStatus().status).toBe('saved')
  })

  it('sends what was put aside when it is saved again, so that what is acknowledged is on its way', async () => {
    const { remote, store } = createRemote()
    let isRefused = true
    const strict: ConversationStore = {
      ...remote,
      commit: async (id, changes, signal) =>
        isRefused
          ? changes.map(() => ({ error: new InvalidInputError('content', 'is not liked') }))
          : remote.commit(id, changes, signal),
    }
    const tab = await openTab(createDevice(), strict, quick)
    const late = { id: 'late', ...user('late') }
    await tab.sdk.storage.appendMessage('one', late)
    await expect.poll(() => tab.outbox.getStatus().failed).toBe(1)
    isRefused = false
    await tab.sdk.storage.appendMessage('one', late)
    await allSent(tab)
    expect(tab.outbox.getStatus()).toMatchObject({ status: 'saved', failed: 0 })
    const stored = await store.load('one', {}, new AbortController().signal)
    expect(stored?.messages).toMatchObject([{ id: 'late', content: 'late' }])
  })

  it('puts aside an overwrite that was decided on an older version, and never overwrites', async () => {
    const { remote, line, store } = createRemote()
    const tab = await openTab(createDevice(), remote, quick)
    await tab.sdk.storage.appendMessage('one', { id: 'a', ...user('a') })
    await allSent(tab)
    line.fault = unreachable
    await tab.sdk.saveConversation({ id: 'one', messages: [{ id: 'b', ...user('b') }] }, { overwrite: true })
    expect(await textsOf(tab.sdk, 'one')).toEqual(['b'])
    const theirs: ConversationChange = {
      kind: 'append',
      ids: 'given',
      messages: [{ intent: 'append', message: { id: 'c', ...user('c'), createdAt: 1 } }],
      fields: {},
    }
    await store.commit('one', [theirs], new AbortController().signal)
    line.fault = undefined
    await allSent(tab)
    await expect.poll(() => textsOf(tab.sdk, 'one')).toEqual(['a', 'c'])
    expect(tab.notices).toContain('conflict_stale')
    const [failed] = await tab.outbox.listFailed()
    await tab.outbox.retry(failed?.id ?? 0)
    await allSent(tab)
    expect(await textsOf(tab.sdk, 'one')).toEqual(['b'])
  })

  it('is led by another tab when the leader is closed', async () => {
    const { remote, line, store } = createRemote()
    const device = createDevice()
    const [a, b] = [await openTab(device, remote, quick), await openTab(device, remote, quick)]
    line.fault = unreachable
    await a.sdk.storage.appendMessage('one', user('from a'))
    await a.sdk.close()
    line.fault = undefined
    await allSent(b)
    expect((await store.load('one', {}, new AbortController().signal))?.messageCount).toBe(1)
  })

  it('of many rows takes another at the cost of the first, and is read in pages', () => sendManyRows(500))

  it('that reaches the network again lets loads wait for it again', async () => {
    const { remote, line, store } = createRemote()
    const tab = await openTab(createDevice(), remote, quick)
    await tab.sdk.storage.appendMessage('one', user('mine'))
    line.fault = unreachable
    await tab.sdk.storage.loadConversation('one')
    line.fault = undefined
    await allSent(tab)
    const theirs = { id: 'b', ...user('theirs'), createdAt: 1 }
    const change = { kind: 'append' as const, ids: 'given' as const, fields: {} }
    const changes = [{ ...change, messages: [{ intent: 'append' as const, message: theirs }] }]
    await store.commit('one', changes, new AbortController().signal)
    expect(await textsOf(tab.sdk, 'one')).toEqual(['mine', 'theirs'])
  })

  it('tells every tab the same', async () => {
    const { remote, line } = createRemote()
    const device = createDevice()
    const [a, b] = [await openTab(device, remote, quick), await openTab(device, remote, quick)]
    line.fault = unreachable
    await a.sdk.storage.appendMessage('one', { id: 'm', ...user('x') })
    await expect.poll(() => b.outbox.getStatus().waiting).toBe(1)
    await expect.poll(() => b.outbox.getStatus().isOnline).toBe(false)
    expect(await b.outbox.statusOf('one', 'm')).toBe('saved locally')
    line.fault = undefined
    b.outbox.wake()
    a.outbox.wake()
    await expect.poll(() => a.outbox.getStatus().status, { timeout: 10_000 }).toBe('saved')
    await expect.poll(() => b.outbox.getStatus()).toMatchObject({ status: 'saved', isOnline: true })
  })
})
