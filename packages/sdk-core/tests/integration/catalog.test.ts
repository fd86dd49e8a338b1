import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { CATALOG_ID } from '../../src/conversation/summary'
import { createSdk, generateSeedPhrase, SDKError, type Sdk } from '../../src/index'
import { startFaultProxy } from '../support/fault-proxy'
import { closeAfterTest, startPortal, startSdk, user } from '../support/fixture'
import { startMemoryDevice } from '../support/memory-devices'
import { MemoryNetwork } from '../support/memory-network'
import { connectRaw, type RawNetwork } from '../support/raw-network'

const WORKER = fileURLToPath(new URL('../workers/append-once.mjs', import.meta.url))

async function idsOf(sdk: Sdk): Promise<string[]> {
  return (await sdk.storage.listConversations()).items.map(({ id }) => id).sort()
}

describe('The list of conversations', () => {
  it('of a thousand is read in 24 blobs, and a page of fifty in three requests', async () => {
    const portal = await startPortal()
    const seedPhrase = generateSeedPhrase()
    const writer = await createSdk({ portals: [portal.url], seedPhrase })
    const ids = Array.from(
      { length: 1000 },
      (_, i) => `0192f0c1-7f6e-7b1c-9c1b-${String(i).padStart(12, '0')}`,
    )
    for (let i = 0; i < ids.length; i += 50) {
      await Promise.all(
        ids
          .slice(i, i + 50)
          .map((id) => writer.saveConversation({ id, title: `About ${id}`, messages: [user('x')] })),
      )
    }
    await writer.close()
    const proxy = closeAfterTest(await startFaultProxy(portal.url))
    const takePaths = () => proxy.requests.splice(0).map(({ path }) => path.split('/')[2])
    const reader = await startSdk(proxy.url, seedPhrase)
    takePaths()
    expect(await idsOf(reader)).toEqual(ids)
    const whole = takePaths()
    expect(whole.slice(0, 2)).toEqual(['registry', 'blob'])
    expect(whole.length).toBeLessThanOrEqual(1 + 24)
    const pager = await startSdk(proxy.url, seedPhrase)
    takePaths()
    const first = await pager.storage.listConversations({ limit: 50 })
    expect(first.items).toHaveLength(50)
    expect(takePaths().length).toBeLessThanOrEqual(3)
    const found = [...first.items]
    for (let cursor = first.cursor; cursor !== undefined; ) {
      const page = await pager.storage.listConversations({ limit: 50, cursor })
      found.push(...page.items)
      cursor = page.cursor
    }
    expect(found).toEqual((await reader.storage.listConversations()).items)
  }, 60_000)

  it('has what a process was told is saved that was killed right after', async () => {
    const portal = await startPortal()
    const seedPhrase = generateSeedPhrase()
    for (const id of ['one', 'two', 'three']) {
      const child = fork(WORKER, { execArgv: [] })
      child.send({ portal: portal.url, seedPhrase, id })
      await once(child, 'message')
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    const reader = await startSdk(portal.url, seedPhrase)
    expect(await idsOf(reader)).toEqual(['one', 'three', 'two'])
    const { items } = await reader.storage.listConversations({ limit: 3 })
    expect(items.map(({ messageCount, version }) => [messageCount, version])).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
    ])
  })

  it('follows a conversation that changed to the front, page by page', async () => {
    const portal = await startPortal()
    const sdk = await startSdk(portal.url)
    for (const id of ['a', 'b', 'c']) await sdk.storage.appendMessage(id, user(id))
    const first = await sdk.storage.listConversations({ limit: 1 })
    expect(first.items.map(({ id }) => id)).toEqual(['c'])
    await sdk.storage.updateConversation('a', { title: 'Renamed' })
    const listed = async () => (await sdk.storage.listConversations({ limit: 2 })).items
    await expect
      .poll(listed, { timeout: 10_000 })
      .toMatchObject([{ id: 'a', title: 'Renamed', version: 2 }, { id: 'c' }])
    const rest = await sdk.storage.listConversations({ limit: 5, cursor: first.cursor ?? '' })
    expect(rest.items.map(({ id }) => id)).toEqual(['b'])
    expect(rest.cursor).toBeUndefined()
  })

  it('refuses a cursor that it did not give', async () => {
    const sdk = await startSdk((await startPortal()).url)
    for (const options of [{ cursor: 'x' }, { cursor: 1 }, { limit: 0 }, { limit: 1.5 }, { offset: 3 }]) {
      await expect(sdk.storage.listConversations(options as never)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
      })
    }
  })

  it('is mended by a device that loads a conversation whose summary is behind', async () => {
    const network = new MemoryNetwork()
    const writer = await startMemoryDevice(network)
    await writer.sdk.storage.appendMessage('one', user('first'))
    const other = await startMemoryDevice(network)
    await other.sdk.storage.listConversations()
    await writer.sdk.storage.appendMessages('one', [user('second'), user('third')])
    writer.crash()
    await other.sdk.storage.loadConversation('one')
    await other.sdk.close()
    const reader = await startMemoryDevice(network)
    const { items } = await reader.sdk.storage.listConversations()
    expect(items).toMatchObject([{ id: 'one', messageCount: 3, version: 2 }])
    await Promise.allSettled([writer.sdk.close(), reader.sdk.close()])
  })
})

describe('A conversation that is listed and not there any more', () => {
  it('was lost by the network: that is an error, not an absence', async () => {
    const network = new MemoryNetwork()
    const writer = await startMemoryDevice(network)
    await writer.sdk.storage.appendMessage('kept', user('kept'))
    const before = new Set(network.pointers.keys())
    await writer.sdk.storage.appendMessages('lost', [user('one')])
    await writer.sdk.storage.appendMessages('lost', [user('two')])
    await writer.sdk.close()
    for (const name of network.pointers.keys()) if (!before.has(name)) network.pointers.delete(name)
    const reader = await startMemoryDevice(network)
    await expect(reader.sdk.storage.loadConversation('lost')).rejects.toMatchObject({
      code: 'ROLLBACK_DETECTED',
      knownVersion: 2,
    })
    expect(await reader.sdk.storage.loadConversation('never')).toBeUndefined()
    expect((await reader.sdk.storage.loadConversation('kept'))?.messageCount).toBe(1)
    await reader.sdk.close()
  })

  it('is counted where the network shows an older version than the list', async () => {
    const network = new MemoryNetwork()
    const writer = await startMemoryDevice(network)
    await writer.sdk.storage.appendMessage('kept', user('kept'))
    const before = new Set(network.pointers.keys())
    await writer.sdk.storage.appendMessage('one', user('one'))
    const old = [...network.pointers].filter(([name]) => !before.has(name))
    await writer.sdk.storage.appendMessage('one', user('two'))
    await writer.sdk.close()
    for (const [name, pointer] of old) network.pointers.set(name, pointer)
    const reader = await startMemoryDevice(network)
    await reader.sdk.storage.listConversations()
    expect((await reader.sdk.storage.loadConversation('one'))?.messageCount).toBe(1)
    expect(reader.counters.rollbacks).toBe(1)
    await reader.sdk.close()
  })
})

describe('A deleted conversation', () => {
  it('is not raised by a late append, nor by an old copy from another tab', async () => {
    const portal = await startPortal()
    const seedPhrase = generateSeedPhrase()
    const [one, other] = [await startSdk(portal.url, seedPhrase), await startSdk(portal.url, seedPhrase)]
    await one.storage.appendMessages('doomed', [user('first'), user('second')])
    const copy = await other.storage.loadConversation('doomed')
    if (copy === undefined) throw new Error('the copy was not loaded')
    await one.storage.deleteConversation('doomed')
    const late = [
      () => other.storage.appendMessage('doomed', user('late')),
      () => other.saveConversation(copy),
      () => other.saveConversation(copy, { overwrite: true }),
      () => other.storage.saveConversationWithVersion(copy, { expectedVersion: 1 }),
      () => other.storage.updateConversation('doomed', { title: 'raised' }),
    ]
    for (const write of late) await expect(write()).rejects.toMatchObject({ code: 'CONVERSATION_DELETED' })
    for (const sdk of [one, other, await startSdk(portal.url, seedPhrase)]) {
      expect(await sdk.storage.loadConversation('doomed')).toBeUndefined()
      expect(await idsOf(sdk)).toEqual([])
    }
    await other.storage.deleteConversation('doomed')
  })

  it('is deleted only in the version that its caller has seen', async () => {
    const portal = await startPortal()
    const seedPhrase = generateSeedPhrase()
    const [one, other] = [await startSdk(portal.url, seedPhrase), await startSdk(portal.url, seedPhrase)]
    await one.storage.appendMessage('kept', user('first'))
    await other.storage.appendMessage('kept', user('unseen by the first'))
    await expect(one.storage.deleteConversation('kept')).rejects.toMatchObject({
      code: 'PERSISTENCE_CONFLICT',
      expectedVersion: 1,
      actualVersion: 2,
      missing: [{ content: 'unseen by the first' }],
    })
    expect((await other.storage.loadConversation('kept'))?.messageCount).toBe(2)
    await one.storage.loadConversation('kept')
    await one.storage.deleteConversation('kept')
    await expect(one.storage.deleteConversation('never was')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })
})

describe('A list that cannot be read', () => {
  async function startDamaged(damage: (raw: RawNetwork) => Promise<void>) {
    const portal = await startPortal()
    const seedPhrase = generateSeedPhrase()
    const writer = await createSdk({ portals: [portal.url], seedPhrase })
    await writer.storage.appendMessage('one', user('first'))
    await writer.close()
    const raw = await connectRaw(portal.url, seedPhrase)
    closeAfterTest(raw.network)
    const sound = await raw.readHead(CATALOG_ID)
    await damage(raw)
    return { raw, sound, sdk: await startSdk(portal.url, seedPhrase) }
  }

  const damages = {
    'is no record': (raw: RawNetwork) => raw.publish(CATALOG_ID, new Uint8Array(300).fill(7)),
    'is the head of a conversation': async (raw: RawNetwork) =>
      raw.publish(CATALOG_ID, await raw.readHead('one')),
  }
  for (const [name, damage] of Object.entries(damages)) {
    it(`because it ${name} is an error, never an empty list; conversations stay as they are`, async () => {
      const { raw, sound, sdk } = await startDamaged(damage)
      await expect(sdk.storage.listConversations()).rejects.toMatchObject({
        code: expect.stringMatching(/^(CORRUPT_RECORD|DECRYPTION_FAILED)$/),
      })
      expect((await sdk.storage.loadConversation('one'))?.messageCount).toBe(1)
      await sdk.storage.appendMessage('one', user('second'))
      await expect(sdk.storage.appendMessage('two', user('unlisted'))).rejects.toBeInstanceOf(SDKError)
      await raw.publish(CATALOG_ID, sound)
      expect(await sdk.storage.loadConversation('two')).toBeUndefined()
      await sdk.storage.appendMessage('two', user('listed'))
      expect(await idsOf(sdk)).toEqual(['one', 'two'])
      expect((await sdk.storage.loadConversation('one'))?.messageCount).toBe(2)
    })
  }

  it('because its blob is gone is unreachable, not empty', async () => {
    const { sdk } = await startDamaged(async (raw) => {
      const hash = await raw.network.hash(await raw.readHead(CATALOG_ID))
      await raw.network.forget(hash, AbortSignal.timeout(10_000))
    })
    await expect(sdk.storage.listConversations()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  })
})
