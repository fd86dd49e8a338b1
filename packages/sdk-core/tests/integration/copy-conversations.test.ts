import { afterAll, expect, it } from 'vitest'
import { createSdk, generateSeedPhrase, type Sdk } from '../../src/index'
import { copyConversations, createPostgresStore, migratePostgres, openPglite } from '../../src/postgres'
import { MemoryBackend, MemoryConversationStore } from '../../src/testing/index'
import { startPortal } from '../support/fixture'

const pool = await openPglite()
await migratePostgres(pool)
afterAll(() => pool.end())
let users = 0

function openDatabase(): Promise<Sdk> {
  const store = createPostgresStore({ pool, userId: `user ${users++}`, seedPhrase: generateSeedPhrase() })
  return createSdk({ store })
}

async function fill({ storage }: Sdk): Promise<void> {
  const messages = Array.from({ length: 1200 }, (_, i) => ({ role: 'user' as const, content: `text ${i}` }))
  await storage.saveConversation({
    id: 'long',
    title: 'Long',
    messages,
    metadata: { a: [1, null] },
    createdAt: 5,
  })
  await storage.saveConversationPlaintext({ id: 'open', messages: messages.slice(0, 3) })
  const { messageIds } = await storage.appendMessage('edited', { role: 'user', content: 'before' })
  await storage.editMessage('edited', messageIds[0] ?? '', 'after')
  await storage.appendMessage('deleted', { role: 'user', content: 'x' })
  await storage.deleteConversation('deleted')
}

async function contentOf({ storage }: Sdk) {
  const { items } = await storage.listConversations()
  const all = await Promise.all(items.map(({ id }) => storage.loadConversation(id)))
  return items
    .map(({ id, encrypted }, i) => {
      const { title, messages, metadata, createdAt } = all[i] ?? {}
      return { id, encrypted, title, messages, metadata, createdAt }
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1))
}

it('Conversations are the same after they were copied from S5 to a database and back', async () => {
  const portal = await startPortal()
  const [s5, database] = [
    await createSdk({ portals: [portal.url], seedPhrase: generateSeedPhrase() }),
    await openDatabase(),
  ]
  await fill(s5)
  const progress: number[] = []
  const report = await copyConversations(s5.storage, database.storage, {
    onProgress: ({ done }) => progress.push(done),
  })
  expect(report).toEqual({ copied: 3, present: 0, different: [] })
  expect(progress).toEqual([1, 2, 3])
  expect(await contentOf(database)).toEqual(await contentOf(s5))

  const back = await createSdk({ portals: [portal.url], seedPhrase: generateSeedPhrase() })
  expect(await copyConversations(database.storage, back.storage)).toMatchObject({ copied: 3, different: [] })
  expect(await contentOf(back)).toEqual(await contentOf(s5))
  await Promise.all([s5.close(), back.close(), database.close()])
})

it('A copy that was stopped goes on where it was, and writes nothing twice', async () => {
  const [source, target] = [
    await createSdk({ store: new MemoryConversationStore(new MemoryBackend()) }),
    await openDatabase(),
  ]
  await fill(source)
  const stop = new AbortController()
  const stopped = copyConversations(source.storage, target.storage, {
    signal: stop.signal,
    onProgress: () => stop.abort(new Error('enough')),
  })
  await expect(stopped).rejects.toThrow('enough')
  expect(await copyConversations(source.storage, target.storage)).toEqual({
    copied: 2,
    present: 1,
    different: [],
  })
  expect(await copyConversations(source.storage, target.storage)).toEqual({
    copied: 0,
    present: 3,
    different: [],
  })
})

it('What the target holds otherwise, or has deleted, is named and left', async () => {
  const [source, target] = [
    await createSdk({ store: new MemoryConversationStore(new MemoryBackend()) }),
    await openDatabase(),
  ]
  await fill(source)
  await target.storage.appendMessage('open', { role: 'user', content: 'something of its own' })
  await target.storage.appendMessage('edited', { role: 'user', content: 'x' })
  await target.storage.deleteConversation('edited')
  const report = await copyConversations(source.storage, target.storage)
  expect({ ...report, different: report.different.sort() }).toEqual({
    copied: 1,
    present: 0,
    different: ['edited', 'open'],
  })
})
