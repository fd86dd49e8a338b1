import { expect, inject, onTestFinished, test } from 'vitest'
import { createIndexedDbStore, createRegistryEntry, S5, type S5CreateOptions } from '../../src/index'

const portalUrl = inject('portalUrl')
const content = new TextEncoder().encode('kept on S5, from a page')

async function createClient(options: S5CreateOptions = {}): Promise<S5> {
  const s5 = await S5.create({ portals: [portalUrl], ...options })
  onTestFinished(() => s5.close())
  return s5
}

async function createDevice(phrase: string, options: S5CreateOptions = {}): Promise<S5> {
  const s5 = await createClient(options)
  await s5.recoverIdentityFromSeedPhrase(phrase)
  await s5.ensurePortalAccount(portalUrl)
  return s5
}

async function newPhrase(): Promise<string> {
  return (await createClient()).generateSeedPhrase()
}

test('a page is no Node: the tests here say something about browsers', () => {
  expect(Reflect.get(globalThis, 'process')?.getBuiltinModule).toBeUndefined()
  expect(typeof document).toBe('object')
})

test('a new user registers, and a second device logs in to the same account', async () => {
  const phrase = await newPhrase()
  const first = await createDevice(phrase)
  expect(first.getTransferStats().requests).toBe(5)
  const second = await createDevice(phrase)
  expect(second.getTransferStats().requests).toBe(4)
  expect(await second.getSigningPublicKey()).toBe(await first.getSigningPublicKey())
})

test.each([0, 1, 70_000, 3_000_000])('a blob of %i bytes comes back as it went', async (size) => {
  const bytes = Uint8Array.from({ length: size }, (_, index) => (index * 31) % 251)
  const blob = await (await createDevice(await newPhrase())).api.uploadBlob(new Blob([bytes]))
  expect(blob.size).toBe(size)
  const stranger = await createClient()
  const downloaded = await stranger.downloadByCID(blob.toString())
  expect(downloaded.length).toBe(size)
  expect(downloaded.every((byte, index) => byte === bytes[index])).toBe(true)
})

test('the registry is compare-and-set from a page too', async () => {
  const [one, two] = [await createClient(), await createClient()]
  const keyPair = await one.crypto.newKeyPairEd25519(one.crypto.generateSecureRandomBytes(32))
  const entry = (revision: number, byte: number) =>
    createRegistryEntry({ keyPair, data: new Uint8Array(33).fill(byte), revision })
  expect(await one.api.registryGet(keyPair.publicKey)).toBeUndefined()
  const stored = await entry(2 ** 40, 1)
  await one.api.registrySet(stored)
  expect(await two.api.registryGet(keyPair.publicKey)).toEqual(stored)
  await expect(two.api.registrySet(await entry(2 ** 40, 2))).rejects.toMatchObject({
    code: 'REVISION_CONFLICT',
    current: stored,
  })
  await two.api.registrySet(await entry(2 ** 40 + 1, 2))
  expect(await one.api.registryGet(keyPair.publicKey)).toMatchObject({ revision: 2 ** 40 + 1 })
})

test('what is not there is absent, and what cannot be reached is not', async () => {
  const s5 = await createClient()
  await expect(s5.api.downloadBlobAsBytes(new Uint8Array(32).fill(9))).rejects.toMatchObject({
    code: 'ABSENT',
  })
  const nowhere = await createClient({ portals: ['http://127.0.0.1:9'] })
  await expect(nowhere.api.downloadBlobAsBytes(new Uint8Array(32))).rejects.toMatchObject({
    code: 'UNREACHABLE',
  })
})

test('identity and token are in IndexedDB after the client is gone', async () => {
  const name = `s5-${crypto.randomUUID()}`
  const first = await createDevice(await newPhrase(), { store: createIndexedDbStore(name) })
  await first.api.uploadBlob(content)
  const publicKey = await first.getSigningPublicKey()
  first.close()
  const second = await createClient({ store: createIndexedDbStore(name) })
  expect(await second.getSigningPublicKey()).toBe(publicKey)
  const { hash } = await second.api.uploadBlob(content)
  // The list of accounts and the upload itself, but no log-in.
  expect(second.getTransferStats()).toMatchObject({ registryReads: 1, uploads: 1, requests: 3 })
  expect(await (await createClient()).api.downloadBlobAsBytes(hash)).toEqual(content)
})
