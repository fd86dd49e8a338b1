import { describe, expect, it } from 'vitest'
import { Accounts } from '../../src/accounts/accounts'
import { Pins } from '../../src/accounts/pins'
import { MemoryBlobStore } from '../../src/blobs/memory-blob-store'
import { PinnedBlobs } from '../../src/blobs/pinned-blobs'
import { Replicas } from '../../src/blobs/replicas'
import { Registry } from '../../src/registry/registry'
import { MemoryDatabase } from '../../src/storage/memory-database'
import { hashOf, utf8 } from '../support/bytes'
import { signEntry } from '../support/entries'
import { HeldDatabase } from '../support/held-database'
import { createKey } from '../support/keys'

const key = createKey()
const account = key.publicKey
const decode = (text: string) => Buffer.from(text, 'base64url')

async function* bytesOf(text: string) {
  yield utf8(text)
}

async function prepare() {
  const memory = new MemoryDatabase()
  await new Accounts(memory, Date.now).register(account)
  const store = new MemoryBlobStore()
  const database = new HeldDatabase(memory)
  return {
    database,
    blobs: new PinnedBlobs(store, new Pins(database), new Replicas(database)),
    memory,
    store,
  }
}

/** Whether `task` settles although its commit waits; the commit is the last thing it may wait for. */
async function isAcknowledgedEarly(database: HeldDatabase, task: Promise<unknown>): Promise<boolean> {
  await database.waiting
  const nextTurn = new Promise<boolean>((resolve) => setImmediate(() => resolve(false)))
  return Promise.race([task.then(() => true), nextTurn])
}

async function expectToWaitForCommit(database: HeldDatabase, task: Promise<unknown>): Promise<void> {
  expect(await isAcknowledgedEarly(database, task)).toBe(false)
  database.release()
  await task
}

describe('nothing is acknowledged before its commit is durable:', () => {
  it('a registry entry', async () => {
    const { database } = await prepare()
    const { revision, data, signature } = signEntry(key, 1, new Uint8Array(33))
    const entry = { pk: account, revision, data: decode(data), signature: decode(signature) }
    await expectToWaitForCommit(database, new Registry(database).put(entry))
  })

  it('a registration', async () => {
    const { database } = await prepare()
    await expectToWaitForCommit(database, new Accounts(database, Date.now).register(account))
  })

  it('a login', async () => {
    const { database } = await prepare()
    await expectToWaitForCommit(database, new Accounts(database, Date.now).login(account))
  })

  it('the pin of an upload', async () => {
    const { database, blobs } = await prepare()
    await expectToWaitForCommit(database, blobs.upload(account, bytesOf('hello'), 10))
  })

  it('a pin', async () => {
    const { database, blobs, memory, store } = await prepare()
    const { hash } = await new PinnedBlobs(store, new Pins(memory), new Replicas(memory)).upload(
      account,
      bytesOf('hello'),
      10,
    )
    await expectToWaitForCommit(database, blobs.pin(createKey().publicKey, hash))
  })

  it('an unpin, and the blob stays until then', async () => {
    const { database, blobs, memory, store } = await prepare()
    const { hash } = await new PinnedBlobs(store, new Pins(memory), new Replicas(memory)).upload(
      account,
      bytesOf('hello'),
      10,
    )
    const unpinned = blobs.unpin(account, hash)
    expect(await isAcknowledgedEarly(database, unpinned)).toBe(false)
    expect(await store.size(await hashOf(utf8('hello')))).toBe(5)
    database.release()
    expect(await unpinned).toBe(true)
    expect(await store.size(hash)).toBeUndefined()
  })
})
