import { expect, test } from 'vitest'
import { createFolderStore, createIndexedDbStore } from '../../src/index'

const bytes = (text: string) => new TextEncoder().encode(text)
const newName = () => `s5-${crypto.randomUUID()}`

test('what was put is there for the next store of that name, and what was deleted is not', async () => {
  const name = newName()
  const store = createIndexedDbStore(name)
  expect(await store.get(bytes('key'))).toBeUndefined()
  await store.put(bytes('key'), bytes('old'))
  await store.put(bytes('key'), bytes('new'))
  await store.put(Uint8Array.of(0, 255), new Uint8Array())
  const next = createIndexedDbStore(name)
  expect(await next.get(bytes('key'))).toEqual(bytes('new'))
  expect(await next.get(Uint8Array.of(0, 255))).toEqual(new Uint8Array())
  await next.delete(bytes('key'))
  expect(await store.get(bytes('key'))).toBeUndefined()
  expect(await createIndexedDbStore(newName()).get(bytes('key'))).toBeUndefined()
})

test('entries have the form of the upstream client', async () => {
  const name = newName()
  await createIndexedDbStore(name).put(bytes('ab'), bytes('value'))
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(name)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  const value = await new Promise((resolve) => {
    const request = database.transaction('kv').objectStore('kv').get([97, 98])
    request.onsuccess = () => resolve(request.result)
  })
  expect(value).toEqual(bytes('value'))
  database.close()
})

test('a database that is deleted under the store does not wait for it, and begins anew', async () => {
  const name = newName()
  const store = createIndexedDbStore(name)
  await store.put(bytes('key'), bytes('value'))
  await new Promise<void>((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name)
    request.onsuccess = () => resolve()
    request.onblocked = () => reject(new Error('blocked'))
  })
  expect(await store.get(bytes('key'))).toBeUndefined()
  await store.put(bytes('key'), bytes('again'))
  expect(await store.get(bytes('key'))).toEqual(bytes('again'))
})

test('a page has no folders', () => {
  expect(() => createFolderStore('/anywhere')).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }))
})
