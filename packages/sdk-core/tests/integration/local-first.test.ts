import 'fake-indexeddb/auto'
import { describe, expect, it, vi } from 'vitest'
import { createSdk, generateSeedPhrase, type Sdk } from '../../src/index'
import { startFaultProxy } from '../support/fault-proxy'
import { closeAfterTest, startPortal, startSdk, textsOf, user } from '../support/fixture'

/** The SDK of a browser: it keeps what it saves in IndexedDB. */
async function startLocal(portal: string, seedPhrase: string): Promise<Sdk> {
  return closeAfterTest(await createSdk({ portals: [portal], seedPhrase, local: true }))
}

/** A portal behind a switch. */
async function startSwitchedPortal() {
  const portal = await startPortal()
  const line = { isCut: false }
  const proxy = closeAfterTest(
    await startFaultProxy(portal.url, () => ({ kind: line.isCut ? 'drop-request' : 'none' })),
  )
  return { url: proxy.url, direct: portal.url, line }
}

async function allSent(sdk: Sdk): Promise<void> {
  await sdk.outbox?.flush({ signal: AbortSignal.timeout(30_000) })
}

describe('An SDK that keeps its conversations on this device', () => {
  it('saves offline, keeps it over a reload, and brings it to S5 when it can', async () => {
    const { url, direct, line } = await startSwitchedPortal()
    const seedPhrase = generateSeedPhrase()
    line.isCut = true
    const before = await startLocal(url, seedPhrase)
    const saved = await before.storage.appendMessage('one', { id: 'm1', ...user('offline') })
    expect(saved).toMatchObject({ version: 1, outcome: 'COMMITTED' })
    expect(await before.outbox?.statusOf('one', 'm1')).toBe('saved locally')
    await before.close()

    const after = await startLocal(url, seedPhrase)
    expect(await textsOf(after, 'one')).toEqual(['offline'])
    expect((await after.storage.listConversations()).items).toMatchObject([{ id: 'one', version: 1 }])
    await after.storage.appendMessage('one', user('still offline'))

    line.isCut = false
    await allSent(after)
    expect(await after.outbox?.statusOf('one', 'm1')).toBe('saved')
    expect(after.outbox?.getStatus()).toMatchObject({ status: 'saved', waiting: 0, failed: 0 })
    const other = await startSdk(direct, seedPhrase)
    expect(await textsOf(other, 'one')).toEqual(['offline', 'still offline'])
    expect((await other.storage.loadConversation('one'))?.version).toBe(2)
    expect((await after.storage.loadConversation('one'))?.version).toBe(2)
  })

  it('lists what it has sent, in a tab that is opened before the list on S5 says so', async () => {
    const portal = await startPortal()
    const seedPhrase = generateSeedPhrase()
    const before = await startLocal(portal.url, seedPhrase)
    await before.storage.appendMessage('one', user('first'))
    await before.storage.appendMessage('one', user('second'))
    await allSent(before)
    const after = await startLocal(portal.url, seedPhrase)
    expect((await after.storage.listConversations()).items).toMatchObject([
      { id: 'one', version: 2, messageCount: 2 },
    ])
  })

  it('tells who watches the list of what other tabs save, and of what other devices do', async () => {
    const portal = await startPortal()
    const seedPhrase = generateSeedPhrase()
    const watching = await startLocal(portal.url, seedPhrase)
    const listed = async () => (await watching.storage.listConversations()).items.map(({ id }) => id)
    let told = 0
    watching.storage.watchConversations(() => {
      told += 1
      throw new Error('a bug of the application')
    })
    const toldAgain = async (change: () => Promise<unknown>) => {
      const before = told
      await change()
      await vi.waitFor(() => expect(told).toBeGreaterThan(before), { timeout: 15_000 })
    }
    await toldAgain(() => watching.storage.appendMessage('own', user('mine')))
    const tab = await startLocal(portal.url, seedPhrase)
    await toldAgain(() => tab.storage.appendMessage('tab', user('of another tab')))
    await Promise.all([allSent(watching), allSent(tab)])
    const device = await startSdk(portal.url, seedPhrase)
    await toldAgain(() => device.storage.appendMessage('device', user('of another device')))
    await vi.waitFor(async () => expect((await listed()).sort()).toEqual(['device', 'own', 'tab']), {
      timeout: 15_000,
    })
  })

  it('sends a hundred edits that were made offline, each once and in order', async () => {
    const { url, direct, line } = await startSwitchedPortal()
    const seedPhrase = generateSeedPhrase()
    const sdk = await startLocal(url, seedPhrase)
    await sdk.storage.appendMessage('one', { id: 'm', ...user('0') })
    await allSent(sdk)
    line.isCut = true
    for (let i = 1; i <= 50; i += 1) {
      await sdk.storage.editMessage('one', 'm', String(i))
      await sdk.storage.appendMessage('one', user(`said ${i}`))
    }
    expect((await sdk.storage.loadConversation('one'))?.version).toBe(101)
    line.isCut = false
    await allSent(sdk)
    const other = await startSdk(direct, seedPhrase)
    const loaded = await other.storage.loadConversation('one')
    const said = Array.from({ length: 50 }, (_, i) => `said ${i + 1}`)
    expect(loaded?.messages.map(({ content }) => content)).toEqual(['50', ...said])
    expect(loaded?.version).toBe(101)
  })

  it('unites what two devices wrote while one of them was offline', async () => {
    const { url, direct, line } = await startSwitchedPortal()
    const seedPhrase = generateSeedPhrase()
    const device = await startLocal(url, seedPhrase)
    await device.storage.appendMessage('one', user('first'))
    await allSent(device)
    line.isCut = true
    const other = await startSdk(direct, seedPhrase)
    await other.storage.appendMessage('one', user('from the other'))
    const loaded = await device.storage.loadConversation('one')
    await device.storage.saveConversationWithVersion(
      { id: 'one', messages: [...(loaded?.messages ?? []), { id: 'mine', ...user('mine') }] },
      { expectedVersion: 1 },
    )
    line.isCut = false
    await allSent(device)
    const texts = ['first', 'from the other', 'mine']
    expect(await textsOf(other, 'one')).toEqual(texts)
    expect(await textsOf(device, 'one')).toEqual(texts)
    expect(device.notifications.list().map(({ kind }) => kind)).toContain('conflict_merged')
  })

  it('keeps what is written while nobody is signed in, moves it, and sends it after another sign-in', async () => {
    const { url, direct, line } = await startSwitchedPortal()
    const seedPhrase = generateSeedPhrase()
    line.isCut = true
    const sdk = closeAfterTest(await createSdk({ portals: [url], local: true }))
    await sdk.storage.appendMessage('before', user('signed out'))
    await sdk.auth.signIn({ seedPhrase })
    expect(await textsOf(sdk, 'before')).toEqual(['signed out'])
    await sdk.storage.appendMessage('one', user('signed in'))
    await sdk.auth.signOut()
    line.isCut = false
    await sdk.auth.signIn({ seedPhrase })
    await allSent(sdk)
    const other = await startSdk(direct, seedPhrase)
    expect(await textsOf(other, 'before')).toEqual(['signed out'])
    expect(await textsOf(other, 'one')).toEqual(['signed in'])
  })

  it('tells an older session of another tab that it is stale, offline too', async () => {
    const { url, line } = await startSwitchedPortal()
    const seedPhrase = generateSeedPhrase()
    line.isCut = true
    const [older, later] = [await startLocal(url, seedPhrase), await startLocal(url, seedPhrase)]
    const session = await older.sessions.startSession({
      provider: 'acme',
      model: 'parrot',
      conversationId: 'one',
    })
    await older.sessions.sendMessage(session.id, 'first')
    await later.sessions.resumeSession(session.id)
    await expect(older.sessions.sendMessage(session.id, 'late')).rejects.toMatchObject({
      code: 'STALE_SESSION',
    })
    const kinds = () => later.notifications.list().map(({ kind }) => kind)
    await expect.poll(kinds).toContain('conflict_stale')
    expect(await textsOf(later, 'one')).toEqual(['first'])
  })
})
