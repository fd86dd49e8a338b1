import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createFolderStore, createIndexedDbStore } from '../../src/index'
import { createClient, createDevice, startFaultyPortal } from '../support/network'
import vectors from '../vectors/identity.json'

const bytes = (text: string) => new TextEncoder().encode(text)

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 's5js-store-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

test('what was put is there for the next run, and what was deleted is not', async () => {
  const folder = join(await temporaryFolder(), 'made', 'when needed')
  const store = createFolderStore(folder)
  expect(await store.get(bytes('key'))).toBeUndefined()
  await store.delete(bytes('key'))
  await store.put(bytes('key'), bytes('old'))
  await store.put(bytes('key'), bytes('new'))
  await store.put(bytes('../other\0key'), new Uint8Array())
  const next = createFolderStore(folder)
  expect(await next.get(bytes('key'))).toEqual(bytes('new'))
  expect(await next.get(bytes('../other\0key'))).toEqual(new Uint8Array())
  await next.delete(bytes('key'))
  expect(await store.get(bytes('key'))).toBeUndefined()
})

test('only the owner may read the files, and their names say nothing of the keys', async () => {
  const folder = join(await temporaryFolder(), 'store')
  await createFolderStore(folder).put(bytes('identity_main'), bytes('secret'))
  const [name = '', ...others] = await readdir(folder)
  expect(others).toEqual([])
  expect(name).toMatch(/^[0-9a-f]{64}$/)
  expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600)
  expect((await stat(folder)).mode & 0o777).toBe(0o700)
})

test('writers at the same time leave one whole value and no other file', async () => {
  const folder = await temporaryFolder()
  const values = Array.from({ length: 20 }, (_, index) => new Uint8Array(50_000).fill(index))
  await Promise.all(values.map((value) => createFolderStore(folder).put(bytes('key'), value)))
  const value = await createFolderStore(folder).get(bytes('key'))
  expect(values.some((written) => Buffer.compare(written, value ?? bytes('')) === 0)).toBe(true)
  expect(await readdir(folder)).toHaveLength(1)
})

test('a folder that cannot be written is a STORE_FAILED without the value', async () => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'file'), '')
  await chmod(join(folder, 'file'), 0o600)
  const store = createFolderStore(join(folder, 'file'))
  await expect(store.put(bytes('key'), bytes('secret'))).rejects.toMatchObject({
    code: 'STORE_FAILED',
    message: expect.not.stringContaining('secret'),
  })
  await expect(store.get(bytes('key'))).rejects.toMatchObject({ code: 'STORE_FAILED' })
})

test('F12: in Node too, identity and token outlast the run', async () => {
  const proxy = await startFaultyPortal()
  const folder = await temporaryFolder()
  const first = await createDevice(proxy.url, vectors.phrase.text, { store: createFolderStore(folder) })
  await first.api.uploadBlob(bytes('before'))
  first.close()
  const second = await createClient({ portals: [proxy.url], store: createFolderStore(folder) })
  expect(second.hasIdentity).toBe(true)
  proxy.seen.length = 0
  await second.api.uploadBlob(bytes('after'))
  expect(proxy.seen.filter(({ path }) => path.startsWith('/s5/account'))).toEqual([])
})

test('without IndexedDB there is no store in it', () => {
  expect(() => createIndexedDbStore('auth')).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }))
})
