import { describe, expect, it } from 'vitest'
import { createSdk, type Sdk } from '../../src/index'
import { createRandom, flaky, MemoryBackend, MemoryConversationStore } from '../../src/testing/index'
import { closeAfterTest, textsOf, user } from '../support/fixture'

async function startSdk(backend = new MemoryBackend()): Promise<Sdk> {
  return closeAfterTest(await createSdk({ store: new MemoryConversationStore(backend) }))
}

function conversation(id: string, ...texts: string[]) {
  return { id, messages: texts.map((text, i) => ({ id: `${id}-${i}`, createdAt: i + 1, ...user(text) })) }
}

describe('Many conversations at a time', () => {
  it('are saved and loaded with an outcome for each', async () => {
    const sdk = await startSdk()
    const many = Array.from({ length: 20 }, (_, i) => conversation(`c${i}`, 'hello'))
    const broken = { id: 'broken', messages: [{ role: 'user' as const, content: 7 as unknown as string }] }
    const outcomes = await sdk.conversations.saveConversations([...many, broken])
    expect(outcomes.map(({ status }) => status)).toEqual([...many.map(() => 'saved'), 'failed'])
    expect(outcomes.at(-1)).toMatchObject({ conversationId: 'broken', error: { code: 'INVALID_INPUT' } })
    const loaded = await sdk.conversations.loadConversations()
    expect(loaded.map(({ conversationId }) => conversationId).sort()).toEqual(many.map(({ id }) => id).sort())
    expect(sdk.conversations.getStats()).toMatchObject({ saved: 20, failed: 1, loaded: 20 })
    expect(sdk.notifications.list().map(({ kind }) => kind)).toEqual(['save_failed'])
  })

  it.each([
    ['conversations', undefined, {}],
    ['conversations[1]', [conversation('one', 'hello'), null], {}],
    ['options.overwrite', [conversation('one', 'hello')], { overwrite: true }],
    ['options', [conversation('one', 'hello')], null],
  ])('are refused all at once for a wrong %s', async (path, conversations, options) => {
    const sdk = await startSdk()
    await expect(
      sdk.conversations.saveConversations(conversations as never, options as never),
    ).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      path,
    })
    expect(sdk.storage.getStats().saves).toBe(0)
  })

  it('cost nothing where nothing has changed', async () => {
    const sdk = await startSdk()
    const one = conversation('one', 'hello')
    await sdk.conversations.saveConversations([one])
    expect(await sdk.conversations.saveConversations([one])).toMatchObject([
      { status: 'unchanged', version: 1 },
    ])
    expect(sdk.storage.getStats().saves).toBe(1)
  })

  it('are united with what others wrote, and the user hears of it', async () => {
    const backend = new MemoryBackend()
    const [mine, theirs] = [await startSdk(backend), await startSdk(backend)]
    await mine.conversations.saveConversations([conversation('one', 'a')])
    await theirs.storage.appendMessage('one', user('theirs'))
    const outcomes = await mine.conversations.saveConversations([conversation('one', 'a', 'b')])
    expect(outcomes).toMatchObject([{ status: 'merged' }])
    expect((await textsOf(mine, 'one')).sort()).toEqual(['a', 'b', 'theirs'])
    expect(mine.notifications.list().map(({ kind }) => kind)).toContain('conflict_merged')
    expect(mine.conversations.getStats()).toMatchObject({ conflicts: 1, merged: 1 })
  })

  it('that say what is stored already are no conflict', async () => {
    const backend = new MemoryBackend()
    const [mine, theirs] = [await startSdk(backend), await startSdk(backend)]
    await mine.conversations.saveConversations([conversation('one', 'a')])
    await theirs.saveConversation(conversation('one', 'a', 'b'))
    const outcomes = await mine.conversations.saveConversations([conversation('one', 'a', 'b')])
    expect(outcomes).toMatchObject([{ status: 'unchanged', version: 2 }])
  })

  it('replace what others wrote only by forceOverwrite', async () => {
    const backend = new MemoryBackend()
    const [mine, theirs] = [await startSdk(backend), await startSdk(backend)]
    await mine.conversations.saveConversations([conversation('one', 'a')])
    await theirs.storage.appendMessage('one', user('theirs'))
    const options = { forceOverwrite: true, notifyUser: false }
    const outcomes = await mine.conversations.saveConversations([conversation('one', 'a', 'b')], options)
    expect(outcomes).toMatchObject([{ status: 'overwritten' }])
    expect(await textsOf(mine, 'one')).toEqual(['a', 'b'])
  })

  it('fail at once without a network where they are not to be tried again', async () => {
    const faults = { random: createRandom(5), dropBefore: 1, dropAfter: 0 }
    const store = flaky(new MemoryConversationStore(new MemoryBackend()), faults)
    const sdk = closeAfterTest(await createSdk({ store }))
    const options = { retryOnFailure: false, notifyUser: false }
    const outcomes = await sdk.conversations.saveConversations([conversation('one', 'a')], options)
    expect(outcomes).toMatchObject([{ status: 'failed', error: { code: 'STORE_UNAVAILABLE' } }])
    expect(sdk.conversations.getStats().retries).toBe(0)
  })
})
