import { describe, expect, it } from 'vitest'
import { createSdk, DebouncedSave, type Sdk, VersionConflictError } from '../../src/index'
import { MemoryBackend, MemoryConversationStore } from '../../src/testing/index'
import { FakeClock } from '../support/fake-clock'
import { closeAfterTest, textsOf, user } from '../support/fixture'

async function startSdk(backend = new MemoryBackend()): Promise<Sdk> {
  return closeAfterTest(await createSdk({ store: new MemoryConversationStore(backend) }))
}

function message(id: string, text: string) {
  return { id, createdAt: 1, ...user(text) }
}

function startSaver(sdk: Sdk) {
  const clock = new FakeClock()
  const page: { hide(): void } = { hide: () => {} }
  const connectivity = {
    isOnline: () => true,
    listen: (listener: (event: 'hide') => void) => {
      page.hide = () => listener('hide')
      return () => {}
    },
  }
  const saver = new DebouncedSave({ storage: sdk.storage, clock, connectivity })
  return { saver, clock, page }
}

describe('Saving a conversation as it grows', () => {
  it('writes the latest of several states, and settles the callers of all', async () => {
    const sdk = await startSdk()
    const { saver, clock } = startSaver(sdk)
    const calls = ['o', 'ow', 'owl'].map((text) => saver.save({ id: 'one', messages: [message('m', text)] }))
    clock.advance(250)
    const outcomes = await Promise.all(calls)
    expect(outcomes.map(({ status }) => status)).toEqual(['superseded', 'superseded', 'saved'])
    expect(await textsOf(sdk, 'one')).toEqual(['owl'])
    expect(sdk.storage.getStats().saves).toBe(1)
  })

  it('writes at once when the page is hidden, and when it is closed', async () => {
    const sdk = await startSdk()
    const { saver, page } = startSaver(sdk)
    const hidden = saver.save({ id: 'one', messages: [message('a', 'hidden')] })
    page.hide()
    await hidden
    const closed = saver.save({ id: 'one', messages: [message('a', 'hidden'), message('b', 'closed')] })
    await saver.close()
    await closed
    expect(await textsOf(sdk, 'one')).toEqual(['hidden', 'closed'])
  })

  it('keeps a second "ok" as a second message, and the first one again as none', async () => {
    const sdk = await startSdk()
    const { saver } = startSaver(sdk)
    const first = [message('a', 'ok')]
    for (const messages of [first, first, [...first, message('b', 'ok')]]) {
      const call = saver.save({ id: 'one', messages })
      await saver.flush()
      await call
    }
    expect(await textsOf(sdk, 'one')).toEqual(['ok', 'ok'])
  })

  it('unites what another tab wrote meanwhile, and reverts none of its edits', async () => {
    const backend = new MemoryBackend()
    const [mine, theirs] = [await startSdk(backend), await startSdk(backend)]
    await mine.saveConversation({ id: 'one', messages: [message('a', 'first'), message('b', 'second')] })
    const copy = await mine.storage.loadConversation('one')
    await theirs.storage.editMessage('one', 'a', 'edited')
    await theirs.storage.appendMessage('one', user('theirs'))
    const { saver } = startSaver(mine)
    const messages = [...(copy?.messages ?? []), message('c', 'mine')]
    const call = saver.save({ ...copy, id: 'one', messages })
    await saver.flush()
    expect((await call).merged).toBe(true)
    expect(await textsOf(mine, 'one')).toEqual(['edited', 'second', 'theirs', 'mine'])
  })

  it('gives a conflict that does not end to every caller, and writes nothing', async () => {
    let version = 1
    const storage = {
      saveConversationWithVersion: async () => {
        version += 1
        const missing: unknown[] = []
        throw new VersionConflictError({
          expectedVersion: 1,
          actualVersion: version,
          theirs: undefined,
          missing,
        })
      },
    }
    const saver = new DebouncedSave({ storage })
    const calls = ['x', 'y'].map((text) =>
      saver.save({ id: 'one', version: 1, messages: [message('m', text)] }),
    )
    const settled = Promise.allSettled(calls)
    await saver.close()
    for (const each of await settled) {
      expect(each).toMatchObject({
        status: 'rejected',
        reason: { code: 'PERSISTENCE_CONFLICT', actualVersion: 5 },
      })
    }
  })
})
