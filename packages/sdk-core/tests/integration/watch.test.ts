import { createPortal } from '@s5-conversations/s5-portal'
import { describe, expect, it, vi } from 'vitest'
import { type ConversationNotice, generateSeedPhrase, type Sdk } from '../../src/index'
import { startFaultProxy } from '../support/fault-proxy'
import { closeAfterTest, startPortal, startSdk, user } from '../support/fixture'

const SOON = { timeout: 15_000 }

function watch(sdk: Sdk, id: string): { notices: ConversationNotice[]; stop: () => void } {
  const notices: ConversationNotice[] = []
  return { notices, stop: sdk.storage.watchConversation(id, (notice) => notices.push(notice)) }
}

const versionsOf = (notices: ConversationNotice[]) => notices.map(({ version }) => version)

describe('Who watches the list of conversations', () => {
  it('hears of what this and other devices create, change and delete, until it has heard enough', async () => {
    const portal = await startPortal()
    const seedPhrase = generateSeedPhrase()
    const [writer, reader] = [await startSdk(portal.url, seedPhrase), await startSdk(portal.url, seedPhrase)]
    let told = 0
    const stop = reader.storage.watchConversations(() => {
      told += 1
    })
    const seen = async () => (await reader.storage.listConversations()).items.map((item) => item.messageCount)
    const toldOf = async (counts: number[], change: Promise<unknown>) => {
      const before = told
      await change
      await vi.waitFor(() => expect(told).toBeGreaterThan(before), SOON)
      await vi.waitFor(async () => expect(await seen()).toEqual(counts), SOON)
    }
    await toldOf([1], writer.storage.appendMessage('one', user('first')))
    await toldOf([2], writer.storage.appendMessage('one', user('second')))
    await toldOf([1, 2], reader.storage.appendMessage('two', user('of this device')))
    await toldOf([1], writer.storage.deleteConversation('one'))
    stop()
    const before = told
    await writer.storage.appendMessage('three', user('of no interest'))
    await reader.storage.listConversations()
    expect(told).toBe(before)
    expect(() => reader.storage.watchConversations('x' as never)).toThrow(/listener/)
    await reader.close()
    expect(() => reader.storage.watchConversations(() => {})).toThrow(/closed/)
  })
})

describe('Who watches a conversation', () => {
  it('hears of what another device saves and deletes, by push and without asking', async () => {
    const portal = await startPortal()
    const seedPhrase = generateSeedPhrase()
    const [writer, reader] = [await startSdk(portal.url, seedPhrase), await startSdk(portal.url, seedPhrase)]
    await writer.storage.appendMessage('one', user('first'))
    const { notices } = watch(reader, 'one')
    await vi.waitFor(() => expect(versionsOf(notices)).toEqual([1]), SOON)
    for (let version = 2; version <= 4; version += 1) {
      await writer.storage.appendMessage('one', user(`${version}`))
      await vi.waitFor(() => expect(notices.at(-1)).toMatchObject({ version, messageCount: version }), SOON)
    }
    await writer.storage.deleteConversation('one')
    await vi.waitFor(() => expect(notices.at(-1)).toMatchObject({ version: 5, deleted: true }), SOON)
    expect(versionsOf(notices)).toEqual([1, 2, 3, 4, 5])
    const { polls } = reader.storage.getStats()
    await writer.storage.appendMessage('two', user('of no interest'))
    expect(reader.storage.getStats().polls).toBe(polls)
    expect(polls).toBeLessThanOrEqual(3)
  })

  it('hears of its own saves at once, and of the first of a conversation that did not exist', async () => {
    const sdk = await startSdk((await startPortal()).url)
    const { notices, stop } = watch(sdk, 'one')
    await sdk.storage.appendMessage('one', user('first'))
    expect(notices).toMatchObject([{ conversationId: 'one', version: 1, messageCount: 1, deleted: false }])
    const late = watch(sdk, 'one')
    expect(versionsOf(late.notices)).toEqual([1])
    stop()
    await sdk.storage.appendMessage('one', user('second'))
    expect(versionsOf(notices)).toEqual([1])
    expect(versionsOf(late.notices)).toEqual([1, 2])
  })

  it('is told by asking where nothing is pushed, and stats show it', async () => {
    const portal = await startPortal()
    const deaf = closeAfterTest(await startFaultProxy(portal.url))
    const seedPhrase = generateSeedPhrase()
    const [writer, reader] = [await startSdk(portal.url, seedPhrase), await startSdk(deaf.url, seedPhrase)]
    const { notices } = watch(reader, 'one')
    await writer.storage.appendMessage('one', user('first'))
    await vi.waitFor(() => expect(versionsOf(notices)).toEqual([1]), SOON)
    await writer.storage.appendMessage('one', user('second'))
    await vi.waitFor(() => expect(versionsOf(notices)).toEqual([1, 2]), SOON)
    expect(reader.storage.getStats().polls).toBeGreaterThan(0)
  })

  it('hears of what was saved while its portal was away', async () => {
    const first = await createPortal({ port: 0 })
    const seedPhrase = generateSeedPhrase()
    const reader = await startSdk(first.url, seedPhrase)
    await reader.storage.appendMessage('one', user('first'))
    const { notices } = watch(reader, 'one')
    await first.close()
    const second = closeAfterTest(await createPortal({ port: first.port }))
    const writer = await startSdk(second.url, seedPhrase)
    await writer.storage.appendMessages('one', [user('a'), user('b')])
    await vi.waitFor(() => expect(notices.at(-1)).toMatchObject({ messageCount: 3 }), SOON)
    expect(notices.length).toBeGreaterThan(0)
  })

  it('loses nothing to a listener that throws, and hears nothing after closing', async () => {
    const portal = await startPortal()
    const seedPhrase = generateSeedPhrase()
    const [writer, reader] = [await startSdk(portal.url, seedPhrase), await startSdk(portal.url, seedPhrase)]
    reader.storage.watchConversation('one', () => {
      throw new Error('a bug of the application')
    })
    const { notices } = watch(reader, 'one')
    await writer.storage.appendMessage('one', user('first'))
    await vi.waitFor(() => expect(versionsOf(notices)).toEqual([1]), SOON)
    await reader.close()
    await writer.storage.appendMessage('one', user('second'))
    expect(versionsOf(notices)).toEqual([1])
    expect(() => reader.storage.watchConversation('one', () => {})).toThrow(/closed/)
    expect(() => writer.storage.watchConversation('', () => {})).toThrow(/conversationId/)
    expect(() => writer.storage.watchConversation('one', 'x' as never)).toThrow(/listener/)
  })
})
