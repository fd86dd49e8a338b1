import { createSdk, DebouncedSave, type Sdk } from '../../src/index'

/** What a page of the tests in Chromium can be asked for. */
export interface LocalPage {
  start(portal: string, seedPhrase: string): Promise<void>
  append(conversationId: string, id: string): Promise<void>
  appendMany(conversationId: string, prefix: string, count: number): Promise<void>
  /** Appends until the page is gone; each acknowledged id is told by `acknowledged`, which the test provides. */
  appendForever(conversationId: string, prefix: string): void
  ids(conversationId: string): Promise<string[]>
  flush(): Promise<string>
  saves(count: number): Promise<void>
  cycles(portal: string, seedPhrase: string, count: number): Promise<void>
  /** How often the copy was written while a text grew. */
  stream(updates: number, intervalMs: number): Promise<number>
  status(conversationId: string, id: string): Promise<string | undefined>
  /** Holds the lock of the leading tab for ever, as a frozen tab does. */
  leadAndFreeze(): Promise<void>
  stop(): Promise<void>
}

let sdk: Sdk | undefined

function current(): Sdk {
  if (sdk === undefined) throw new Error('start first')
  return sdk
}

const user = (text: string) => ({ role: 'user' as const, content: text })

const page: LocalPage = {
  start: async (portal, seedPhrase) => {
    sdk = await createSdk({ portals: [portal], seedPhrase })
  },
  append: async (conversationId, id) => {
    await current().storage.appendMessage(conversationId, { id, ...user(id) })
  },
  appendMany: async (conversationId, prefix, count) => {
    for (let i = 0; i < count; i += 1) await page.append(conversationId, `${prefix}-${i}`)
  },
  appendForever: async (conversationId, prefix) => {
    const { acknowledged } = globalThis as unknown as { acknowledged(id: string): void }
    for (let i = 0; ; i += 1) {
      await page.append(conversationId, `${prefix}-${i}`)
      acknowledged(`${prefix}-${i}`)
    }
  },
  ids: async (conversationId) => {
    const conversation = await current().storage.loadConversation(conversationId)
    return (conversation?.messages ?? []).map(({ id }) => id)
  },
  flush: async () => (await current().outbox?.flush())?.status ?? 'no outbox',
  saves: async (count) => {
    for (let i = 0; i < count; i += 1) {
      await current().saveConversation({
        id: 'heap',
        messages: [{ id: 'm', ...user(`text ${i}`), createdAt: 1 }],
      })
    }
  },
  cycles: async (portal, seedPhrase, count) => {
    for (let i = 0; i < count; i += 1) {
      const other = await createSdk({ portals: [portal], seedPhrase })
      await other.storage.loadConversation('heap')
      await other.close()
    }
  },
  stream: async (updates, intervalMs) => {
    const { storage } = current()
    const saver = new DebouncedSave({ storage })
    const before = storage.getStats().saves
    for (let i = 1; i <= updates; i += 1) {
      saver.save({ id: 'stream', messages: [{ id: 'm', ...user('word '.repeat(i)), createdAt: 1 }] })
      await new Promise((resolve) => setTimeout(resolve, intervalMs))
    }
    await saver.close()
    return storage.getStats().saves - before
  },
  status: async (conversationId, id) => current().outbox?.statusOf(conversationId, id),
  leadAndFreeze: async () => {
    const names = (await indexedDB.databases()).map(({ name = '' }) => name)
    const scope = names.find((name) => !name.endsWith('/signed-out'))
    await new Promise<void>((resolve) => {
      navigator.locks.request(`${scope}/outbox`, () => {
        resolve()
        return new Promise(() => {})
      })
    })
  },
  stop: async () => {
    await sdk?.close()
    sdk = undefined
  },
}

Object.assign(globalThis, { page })
