import { IDBKeyRange, IDBObjectStore } from 'fake-indexeddb'
import { describe, expect, it } from 'vitest'
import { encodeDagCbor } from '../../src/conversation/codec'
import { createSdk } from '../../src/index'
import { LocalDatabase } from '../../src/local/database'
import { DeviceVault } from '../../src/local/device-vault'
import { absentCopy, applyCommit, type LocalCopy } from '../../src/local/local-copy'
import { LocalStore } from '../../src/local/local-store'
import { openLocalOnly } from '../../src/local/open-local-first'
import { placeOf } from '../../src/local/row-codec'
import { MemoryBackend, MemoryConversationStore } from '../../src/testing/index'
import { hastyClock } from '../support/fake-clock'
import { closeAfterTest, textsOf, user } from '../support/fixture'
import { createDevice, type Device, openTab, tabOptions } from '../support/local-tabs'

const context = { now: 1, device: 'test' }

function openStore({ indexedDB, scope }: Device): LocalStore {
  const store = new LocalStore(new LocalDatabase({ name: scope, indexedDB, IDBKeyRange }))
  closeAfterTest({ close: async () => store.close() })
  return store
}

function append(copy: LocalCopy, id: string): LocalCopy {
  const message = { id, role: 'user' as const, content: 'a secret text', createdAt: 1 }
  const change = { kind: 'append' as const, ids: 'given' as const, fields: {} }
  return applyCommit(copy, [{ ...change, messages: [{ message, intent: 'append' }] }], context).next
}

/** Every row of every table of a device, as it lies there. */
async function dump({ indexedDB, scope }: Device): Promise<string> {
  const database = new LocalDatabase({ name: scope, indexedDB, IDBKeyRange })
  const rows = await Promise.all(database.tables.map((table) => table.toArray()))
  database.close()
  const asText = (_: string, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value
  return JSON.stringify(rows, asText)
}

describe('The database of a device', () => {
  it('refuses a stale tab with the version that is current, inside the transaction that writes', async () => {
    const device = createDevice()
    const [a, b] = [openStore(device), openStore(device)]
    const [baseA, baseB] = [await a.read('one'), await b.read('one')]
    await a.saveConversationWithVersion(append(baseA, 'a'), baseA)
    const stale = b.saveConversationWithVersion(append(baseB, 'b'), baseB, { changes: [], messageIds: [] })
    await expect(stale).rejects.toMatchObject({
      code: 'PERSISTENCE_CONFLICT',
      expectedVersion: 0,
      actualVersion: 1,
    })
    expect(await b.counts()).toEqual({ waiting: 0, parked: 0 })
    const current = await b.read('one')
    await b.saveConversation(append(current, 'b'))
    expect((await a.read('one')).state.head.tail.map(({ id }) => id)).toEqual(['a', 'b'])
  })

  it('lets exactly one of many tabs write on the same version', async () => {
    const device = createDevice()
    const stores = Array.from({ length: 8 }, () => openStore(device))
    const base = absentCopy('one')
    const writes = stores.map((store, i) =>
      store.saveConversationWithVersion(append(base, String(i)), { ...base, writes: 0 }),
    )
    const outcomes = await Promise.allSettled(writes)
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it('holds nothing that anybody said, and a key that no script can read', async () => {
    const device = createDevice()
    const tab = await openTab(device, new MemoryConversationStore(new MemoryBackend()))
    await tab.sdk.saveConversation({
      id: 'one',
      title: 'Secret title',
      metadata: { secret: 'field' },
      messages: [{ id: 'm', ...user('a secret text') }],
    })
    const text = await dump(device)
    expect(text).toContain('"one"')
    for (const secret of ['a secret text', 'Secret title', 'field']) expect(text).not.toContain(secret)
    const database = new LocalDatabase({ name: device.scope, indexedDB: device.indexedDB, IDBKeyRange })
    const { value } = (await database.settings.toArray())[0] ?? {}
    database.close()
    const { key } = value as { key: CryptoKey }
    expect(key.extractable).toBe(false)
    await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow()
  })

  it('fetches a copy again that was damaged, and puts a damaged outbox row aside', async () => {
    const device = createDevice()
    const backend = new MemoryBackend()
    const tab = await openTab(device, new MemoryConversationStore(backend))
    await tab.sdk.storage.appendMessage('one', { id: 'm', ...user('x') })
    await tab.outbox.flush({ signal: AbortSignal.timeout(10_000) })
    await tab.sdk.close()
    const database = new LocalDatabase({ name: device.scope, indexedDB: device.indexedDB, IDBKeyRange })
    const damaged = { keyId: 'other', bytes: new Uint8Array(40) }
    await database.messages.toCollection().modify({ sealed: damaged })
    const row = { conversationId: 'one', messageIds: ['n'], enqueuedAt: 1, rebases: 0, sealed: damaged }
    await database.outbox.add(row)
    database.close()
    const again = await openTab(device, new MemoryConversationStore(backend))
    expect(await textsOf(again.sdk, 'one')).toEqual(['x'])
    await expect.poll(() => again.outbox.getStatus().failed).toBe(1)
    expect(await again.outbox.listFailed()).toMatchObject([
      { messageIds: ['n'], messages: [], error: { code: 'DECRYPTION_FAILED' } },
    ])
  })

  it('whose rows are of any shape gives what the network has, and sends what is whole', async () => {
    const device = createDevice()
    const backend = new MemoryBackend()
    const tab = await openTab(device, new MemoryConversationStore(backend), { clock: hastyClock })
    for (const id of ['one', 'two']) await tab.sdk.storage.appendMessage(id, user('x'))
    await tab.outbox.flush({ signal: AbortSignal.timeout(10_000) })
    await tab.sdk.close()
    const database = new LocalDatabase({ name: device.scope, indexedDB: device.indexedDB, IDBKeyRange })
    await database.table('conversations').update('one', { sealed: 'rubbish' })
    await database
      .table('messages')
      .where({ conversationId: 'two' })
      .modify({ sealed: { bytes: null } })
    const [row] = [{ conversationId: 'one', messageIds: ['n'], enqueuedAt: 1 }]
    for (const sealed of [undefined, 7, {}]) await database.table('outbox').add({ ...row, sealed })
    database.close()
    const again = await openTab(device, new MemoryConversationStore(backend), { clock: hastyClock })
    for (const id of ['one', 'two']) expect(await textsOf(again.sdk, id)).toEqual(['x'])
    await again.sdk.storage.appendMessage('one', user('y'))
    await again.outbox.flush({ signal: AbortSignal.timeout(10_000) })
    expect(await textsOf(again.sdk, 'one')).toEqual(['x', 'y'])
    expect(again.outbox.getStatus()).toMatchObject({ waiting: 0, failed: 3 })
    expect(await again.outbox.listFailed()).toHaveLength(3)
  })

  it('keeps a row of a newer SDK for a tab that understands it, and sends what others wait for', async () => {
    const device = createDevice()
    const local = openStore(device)
    const base = await local.read('new')
    const vault = new DeviceVault(
      new LocalDatabase({ name: device.scope, indexedDB: device.indexedDB, IDBKeyRange }),
    )
    await local.saveConversationWithVersion(append(base, 'a'), base)
    const sealed = await vault.seal(placeOf('outbox', 'new'), encodeDagCbor({ format: 2, changes: [] }))
    const database = new LocalDatabase({ name: device.scope, indexedDB: device.indexedDB, IDBKeyRange })
    await database.outbox.add({ conversationId: 'new', messageIds: ['n'], enqueuedAt: 1, sealed })
    database.close()
    const tab = await openTab(device, new MemoryConversationStore(new MemoryBackend()), { clock: hastyClock })
    await tab.sdk.storage.appendMessage('other', { id: 'm', ...user('x') })
    await expect.poll(() => tab.outbox.statusOf('other', 'm')).toBe('saved')
    await expect.poll(() => tab.outbox.getStatus().lastError?.code).toBe('UNSUPPORTED_FORMAT')
    expect(tab.outbox.getStatus()).toMatchObject({ waiting: 1, failed: 0 })
  })

  it('that is wiped under us is built up again from the network', async () => {
    const device = createDevice()
    const tab = await openTab(device, new MemoryConversationStore(new MemoryBackend()))
    await tab.sdk.storage.appendMessage('one', user('before'))
    await tab.outbox.flush({ signal: AbortSignal.timeout(10_000) })
    await new Promise((resolve, reject) => {
      const request = device.indexedDB.deleteDatabase(device.scope)
      request.onsuccess = resolve
      request.onerror = reject
    })
    await tab.sdk.storage.appendMessage('one', user('after'))
    await tab.outbox.flush({ signal: AbortSignal.timeout(10_000) })
    expect(await textsOf(tab.sdk, 'one')).toEqual(['before', 'after'])
  })

  it('of a newer SDK is refused as outdated, and one that is not there as missing', async () => {
    const device = createDevice()
    await new Promise((resolve, reject) => {
      const request = device.indexedDB.open(device.scope, 1_000)
      request.onsuccess = () => resolve(request.result.close())
      request.onerror = reject
    })
    const newer = closeAfterTest(await createSdk({ store: openLocalOnly(tabOptions(device)) }))
    const refused = newer.storage.appendMessage('one', user('x'))
    await expect(refused).rejects.toMatchObject({ name: 'LocalStoreError', problem: 'outdated' })
    const missing = createSdk({ portals: ['http://127.0.0.1:9'], local: true })
    await expect(missing).rejects.toMatchObject({ name: 'LocalStoreError', problem: 'missing' })
  })

  it('that a newer SDK upgrades in another tab says so at the next save', async () => {
    const device = createDevice()
    const sdk = closeAfterTest(await createSdk({ store: openLocalOnly(tabOptions(device)) }))
    await sdk.storage.appendMessage('one', user('x'))
    await new Promise((resolve, reject) => {
      const request = device.indexedDB.open(device.scope, 1_000)
      request.onsuccess = () => resolve(request.result.close())
      request.onerror = reject
    })
    const refused = sdk.storage.appendMessage('one', user('y'))
    await expect(refused).rejects.toMatchObject({ name: 'LocalStoreError', problem: 'outdated' })
  })

  it('that is full says so, acknowledges nothing, and goes on when there is room again', async () => {
    const device = createDevice()
    const sdk = closeAfterTest(await createSdk({ store: openLocalOnly(tabOptions(device)) }))
    await sdk.storage.appendMessage('one', user('before'))
    const { put } = IDBObjectStore.prototype
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('no room', 'QuotaExceededError')
    }
    const refused = sdk.storage.appendMessage('one', user('too much')).finally(() => {
      IDBObjectStore.prototype.put = put
    })
    await expect(refused).rejects.toMatchObject({
      name: 'LocalStoreError',
      problem: 'full',
      retryable: false,
    })
    expect(await textsOf(sdk, 'one')).toEqual(['before'])
    await sdk.storage.appendMessage('one', user('after'))
    expect(await textsOf(sdk, 'one')).toEqual(['before', 'after'])
  })

  it('of the first schema is brought up to date with what it holds', async () => {
    const device = createDevice()
    const { default: Dexie } = await import('dexie')
    const first = new Dexie(device.scope, { indexedDB: device.indexedDB, IDBKeyRange })
    first.version(1).stores({
      conversations: 'id',
      messages: '[conversationId+id], [conversationId+writes]',
      outbox: '++seq, conversationId, *messageIds',
      settings: 'name',
    })
    await first.table('settings').add({ name: 'kept', value: 1 })
    first.close()
    const database = new LocalDatabase({ name: device.scope, indexedDB: device.indexedDB, IDBKeyRange })
    expect(await database.settings.get('kept')).toEqual({ name: 'kept', value: 1 })
    expect(await database.parked.count()).toBe(0)
    database.close()
  })
})
