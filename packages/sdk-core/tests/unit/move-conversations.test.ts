import { describe, expect, it } from 'vitest'
import { moveConversations } from '../../src/auth/move-conversations'
import { createMoveSource } from '../../src/auth/move-source'
import type { Conversation } from '../../src/index'
import { StorageManager } from '../../src/index'
import { silentLogger } from '../../src/observe/log'
import { createCounters } from '../../src/observe/stats'
import { decorate } from '../../src/testing/decorate'
import { type ConversationStore, MemoryBackend, MemoryConversationStore } from '../../src/testing/index'
import { user } from '../support/fixture'

const signal = () => AbortSignal.timeout(10_000)

function manage(store: ConversationStore): StorageManager {
  return new StorageManager({ store, counters: createCounters(), log: silentLogger, lockScope: 'test' })
}

const open = (backend: MemoryBackend) => manage(new MemoryConversationStore(backend))

/** Dies at call number `at`, before or after that call has landed, and never comes back. */
function createKiller(at: number, hasLanded: boolean) {
  let calls = 0
  const run = async <T>(call: () => Promise<T>): Promise<T> => {
    const isLast = ++calls === at
    if (calls > at || (isLast && !hasLanded)) throw new Error('killed')
    const result = await call()
    if (isLast) throw new Error('killed')
    return result
  }
  return (store: ConversationStore) =>
    decorate(store, {
      commit: (id, changes, signal) => run(() => store.commit(id, changes, signal)),
      load: (id, page, signal) => run(() => store.load(id, page, signal)),
      list: (page, signal) => run(() => store.list(page, signal)),
    })
}

/** Three conversations written while signed out, one of which the identity has, too. */
async function start() {
  const [local, remote] = [new MemoryBackend(), new MemoryBackend()]
  const source = open(local)
  await source.saveConversation({
    id: 'trip',
    title: 'A trip',
    messages: [user('when?')],
    metadata: { n: 1 },
  })
  await source.appendMessage('trip', {
    role: 'assistant',
    content: [{ type: 'tool-call', toolName: 'clock', input: { zone: 'UTC' } }],
  })
  await source.appendMessages('shared', [user('here'), user('here too')])
  await source.saveConversation({ id: 'titled only', title: 'Nothing yet', messages: [] })
  await open(remote).appendMessage('shared', user('there'))
  return { local, remote, before: await readAll(source) }
}

async function readAll(storage: StorageManager): Promise<Map<string, Conversation>> {
  const { items } = await createMoveSource(storage).listConversations({})
  const loaded = await Promise.all(items.map(({ id }) => storage.loadConversation(id)))
  return new Map(loaded.flatMap((each) => (each === undefined ? [] : [[each.id, each] as const])))
}

async function expectMoved({ local, remote, before }: Awaited<ReturnType<typeof start>>) {
  expect([...(await readAll(open(local))).keys()]).toEqual([])
  const after = await readAll(open(remote))
  expect([...after.keys()].sort()).toEqual([...before.keys()].sort())
  for (const [id, { title, metadata, messages }] of before) {
    expect(after.get(id)).toMatchObject({ metadata, ...(title === undefined ? {} : { title }) })
    expect(after.get(id)?.messages).toEqual(expect.arrayContaining(messages))
  }
  expect(after.get('trip')?.messages).toEqual(before.get('trip')?.messages)
  expect(after.get('shared')?.messageCount).toBe(3)
}

describe('Moving what was written while signed out', () => {
  it('brings every conversation over, each message once, and leaves nothing behind', async () => {
    const started = await start()
    const report = await moveConversations(
      createMoveSource(open(started.local)),
      open(started.remote),
      signal(),
    )
    expect(report).toEqual({ moved: 3, left: 0 })
    await expectMoved(started)
    expect(
      await moveConversations(createMoveSource(open(started.local)), open(started.remote), signal()),
    ).toEqual({ moved: 0, left: 0 })
  })

  it.each([false, true])(
    'loses and doubles nothing if killed at any step (landed: %s)',
    async (hasLanded) => {
      let kills = 0
      for (let isKilled = true; isKilled; kills += 1) {
        const started = await start()
        const kill = createKiller(kills + 1, hasLanded)
        const source = manage(kill(new MemoryConversationStore(started.local)))
        const target = manage(kill(new MemoryConversationStore(started.remote)))
        isKilled = await moveConversations(createMoveSource(source), target, signal()).then(
          () => false,
          (error: Error) => error.message === 'killed',
        )
        await moveConversations(createMoveSource(open(started.local)), open(started.remote), signal())
        await expectMoved(started)
      }
      expect(kills).toBeGreaterThan(8)
    },
  )

  it('moves what was written while it was moving, too', async () => {
    const { local, remote } = await start()
    const writer = open(local)
    const store = new MemoryConversationStore(remote)
    let hasWritten = false
    const target = decorate(store, {
      commit: async (id, changes, either) => {
        if (id === 'trip' && !hasWritten) await writer.appendMessage('trip', user('late'))
        hasWritten ||= id === 'trip'
        return store.commit(id, changes, either)
      },
    })
    await moveConversations(createMoveSource(open(local)), manage(target), signal())
    const texts = (await open(remote).loadConversation('trip'))?.messages.map(({ content }) => content)
    expect(texts).toContain('late')
    expect(texts).toHaveLength(3)
    expect((await readAll(open(local))).size).toBe(0)
  })

  it('leaves what the identity holds with other text under the same message ids', async () => {
    const [local, remote] = [new MemoryBackend(), new MemoryBackend()]
    await open(local).appendMessage('one', { id: 'm', ...user('mine') })
    await open(remote).appendMessage('one', { id: 'm', ...user('theirs') })
    const report = await moveConversations(createMoveSource(open(local)), open(remote), signal())
    expect(report).toEqual({ moved: 0, left: 1 })
    expect((await open(local).loadConversation('one'))?.messages).toMatchObject([{ content: 'mine' }])
  })

  it('ends with the reason of its signal', async () => {
    const { local, remote } = await start()
    const reason = new Error('enough')
    const move = moveConversations(createMoveSource(open(local)), open(remote), AbortSignal.abort(reason))
    await expect(move).rejects.toBe(reason)
  })
})
