import { expect, test } from 'vitest'
import { AccountExistsError, MemoryKeyValueStore, NotAuthenticatedError } from '../../src/index'
import {
  createClient,
  createDevice,
  createUser,
  startFaultyPortal,
  startPortal,
  startProxy,
} from '../support/network'

const content = new TextEncoder().encode('kept on S5')
const LOGINS = 'GET /s5/account/login,POST /s5/account/login'
const REGISTRATION = 'GET /s5/account/register,POST /s5/account/register'

test('a new user needs five requests, and a returning device four', async () => {
  const proxy = await startFaultyPortal()
  const routes = () =>
    proxy.seen.splice(0).map(({ method, path }) => `${method} ${path.replace(/blob\/.*/, 'blob')}`)
  const first = await createClient({ portals: [proxy.url] })
  const phrase = first.generateSeedPhrase()
  await first.recoverIdentityFromSeedPhrase(phrase)
  await first.ensurePortalAccount(proxy.url)
  expect(routes().join()).toBe(`GET /s5/registry,${REGISTRATION},POST /s5/upload,POST /s5/registry`)
  expect(first.getTransferStats()).toMatchObject({
    requests: 5,
    uploads: 1,
    registryReads: 1,
    registryWrites: 1,
  })

  const second = await createClient({ portals: [proxy.url] })
  await second.recoverIdentityFromSeedPhrase(phrase)
  await second.ensurePortalAccount(proxy.url)
  expect(routes().join()).toBe(`GET /s5/registry,GET /s5/blob,${LOGINS}`)
  expect(second.getTransferStats()).toMatchObject({ requests: 4, downloads: 1, registryReads: 1 })
})

test('what one device uploads, another device of the same user downloads', async () => {
  const portal = await startPortal()
  const first = await createClient({ portals: [portal.url] })
  const phrase = first.generateSeedPhrase()
  await first.recoverIdentityFromSeedPhrase(phrase)
  await first.registerOnNewPortal(portal.url)
  const blob = await first.api.uploadBlob(content)
  const second = await createDevice(portal.url, phrase)
  expect(await second.api.downloadBlobAsBytes(blob.hash33)).toEqual(content)
  expect(await second.api.uploadBlob(new Blob([content]))).toEqual(blob)
  expect(portal.stats()).toMatchObject({ registrations: 1, logins: 1 })
})

test('devices of a new user that start at the same time end with one account and can all upload', async () => {
  const portal = await startPortal()
  const phrase = (await createClient({})).generateSeedPhrase()
  const devices = await Promise.all(Array.from({ length: 4 }, () => createDevice(portal.url, phrase)))
  for (const device of devices) await device.api.uploadBlob(content)
  // Only the account in the list can log in again, so four log-ins say that all use the same list.
  const later = await createDevice(portal.url, phrase)
  await later.api.uploadBlob(content)
  await expect(later.registerOnNewPortal(portal.url)).rejects.toThrow(AccountExistsError)
  expect(portal.stats().registryWrites).toBe(1)
  expect(portal.stats().logins).toBe(4)
})

test('calls at the same time on one client make one account', async () => {
  const portal = await startPortal()
  const s5 = await createClient({ portals: [portal.url] })
  await s5.recoverIdentityFromSeedPhrase(s5.generateSeedPhrase())
  await Promise.all([s5.ensurePortalAccount(portal.url), s5.ensurePortalAccount(portal.url)])
  expect(portal.stats()).toMatchObject({ registrations: 1, logins: 0, registryWrites: 1 })
})

test('accounts that two devices add on different portals at the same time are both kept', async () => {
  const [shared, left, right] = [await startPortal(), await startPortal(), await startPortal()]
  const phrase = (await createClient({})).generateSeedPhrase()
  const devices = await Promise.all([createDevice(shared.url, phrase), createDevice(shared.url, phrase)])
  await Promise.all([devices[0]?.ensurePortalAccount(left.url), devices[1]?.ensurePortalAccount(right.url)])
  const later = await createClient({ portals: [shared.url, left.url, right.url] })
  await later.recoverIdentityFromSeedPhrase(phrase)
  expect([left, right].map((portal) => portal.stats().logins)).toEqual([1, 1])
})

test('registering twice is refused in the words of upstream', async () => {
  const portal = await startPortal()
  const s5 = await createUser(portal.url)
  await expect(s5.registerOnNewPortal(portal.url)).rejects.toThrow(
    'User already has an account on this service!',
  )
})

test('a portal with invite codes takes only those who hold one', async () => {
  const portal = await startPortal({ inviteCodes: ['friend-of-mine'] })
  const s5 = await createClient({ portals: [portal.url] })
  await s5.recoverIdentityFromSeedPhrase(s5.generateSeedPhrase())
  await expect(s5.ensurePortalAccount(portal.url)).rejects.toMatchObject({ code: 'REJECTED', status: 401 })
  await s5.ensurePortalAccount(portal.url, 'friend-of-mine')
  await s5.api.uploadBlob(content)
})

test('without an identity or an account there is nothing to act with', async () => {
  const portal = await startPortal()
  const s5 = await createClient({ portals: [portal.url] })
  await expect(s5.ensurePortalAccount(portal.url)).rejects.toThrow('No identity available')
  await expect(s5.sign(content)).rejects.toThrow(NotAuthenticatedError)
  await expect(s5.api.uploadBlob(content)).rejects.toThrow('No portals available for upload')
  expect(s5.getTransferStats().requests).toBe(0)
})

test('a client without portals learns of one when it gets an account there', async () => {
  const portal = await startPortal()
  const s5 = await createClient({})
  await s5.recoverIdentityFromSeedPhrase(s5.generateSeedPhrase())
  await s5.ensurePortalAccount(portal.url)
  const blob = await s5.api.uploadBlob(content)
  expect(await s5.downloadByCID(blob.toString())).toEqual(content)
})

test('a portal that could not be joined is forgotten again', async () => {
  const portal = await startPortal()
  const broken = await startProxy()
  broken.fault = () => ({ status: 500 })
  const s5 = await createUser(portal.url)
  await expect(s5.ensurePortalAccount(broken.url)).rejects.toMatchObject({ code: 'UNREACHABLE' })
  broken.seen.length = 0
  expect(await s5.api.registryGet(new Uint8Array(33).fill(0xed))).toBeUndefined()
  expect(broken.seen).toEqual([])
})

test('F12: an expired token is renewed once, whatever number of requests it was refused for', async () => {
  const proxy = await startFaultyPortal()
  const s5 = await createUser(proxy.url)
  const expired = proxy.seen.find(({ path }) => path === '/s5/upload')?.headers.authorization
  proxy.fault = ({ headers }) => (headers.authorization === expired ? { status: 401 } : undefined)
  proxy.seen.length = 0
  const contents = [1, 2, 3].map((number) => new Uint8Array(100).fill(number))
  await Promise.all(contents.map((bytes) => s5.api.uploadBlob(bytes)))
  expect(proxy.seen.filter(({ path }) => path === '/s5/account/login')).toHaveLength(2)
  expect(proxy.seen.filter(({ path }) => path === '/s5/upload')).toHaveLength(6)
})

test('a token that is refused even when new is not renewed again and again', async () => {
  const proxy = await startFaultyPortal()
  const s5 = await createUser(proxy.url)
  proxy.fault = ({ path }) => (path === '/s5/upload' ? { status: 401, body: '{"error":"no"}' } : undefined)
  proxy.seen.length = 0
  await expect(s5.api.uploadBlob(content)).rejects.toMatchObject({
    code: 'REJECTED',
    status: 401,
    retryable: false,
  })
  expect(proxy.seen.map(({ path }) => path)).toEqual([
    '/s5/upload',
    '/s5/account/login',
    '/s5/account/login',
    '/s5/upload',
  ])
})

test('with a store, identity and token outlive the client, and nothing is asked until it is needed', async () => {
  const portal = await startPortal()
  const store = new MemoryKeyValueStore()
  const before = await createUser(portal.url, { store })
  const publicKey = await before.getSigningPublicKey()
  before.close()
  const after = await createClient({ portals: [portal.url], store })
  expect(after.hasIdentity).toBe(true)
  expect(await after.getSigningPublicKey()).toBe(publicKey)
  expect(after.getTransferStats().requests).toBe(0)
  await Promise.all([after.api.uploadBlob(content), after.api.uploadBlob(content.subarray(1))])
  expect(portal.stats().logins).toBe(0)
  expect(after.getTransferStats()).toMatchObject({ requests: 4, registryReads: 1, downloads: 1, uploads: 2 })
  expect((await createClient({ store, skipIdentityLoad: true })).hasIdentity).toBe(false)
})

test('recovering is all or nothing', async () => {
  const proxy = await startFaultyPortal()
  const s5 = await createUser(proxy.url)
  await expect(s5.recoverIdentityFromSeedPhrase('not a phrase')).rejects.toMatchObject({
    code: 'INVALID_SEED_PHRASE',
  })
  expect(s5.hasIdentity).toBe(true)
  proxy.fault = () => ({ status: 503 })
  await expect(s5.recoverIdentityFromSeedPhrase(s5.generateSeedPhrase())).rejects.toMatchObject({
    code: 'UNREACHABLE',
  })
  expect(s5.hasIdentity).toBe(false)
  await expect(s5.api.uploadBlob(content)).rejects.toThrow(NotAuthenticatedError)
})

test('a user whose identity cannot be stored is not left half signed in', async () => {
  class FullStore extends MemoryKeyValueStore {
    override async put(key: Uint8Array, value: Uint8Array): Promise<void> {
      if (new TextDecoder().decode(key) === 'identity_main') throw new Error('the store is full')
      await super.put(key, value)
    }
  }
  const portal = await startPortal()
  const phrase = (await createClient({})).generateSeedPhrase()
  await createDevice(portal.url, phrase)
  const s5 = await createClient({ portals: [portal.url], store: new FullStore() })
  await expect(s5.recoverIdentityFromSeedPhrase(phrase)).rejects.toThrow('the store is full')
  expect(s5.hasIdentity).toBe(false)
  await expect(s5.api.uploadBlob(content)).rejects.toThrow(NotAuthenticatedError)
})

test('an account registered elsewhere, or a bare token, can be used', async () => {
  const proxy = await startFaultyPortal()
  await createUser(proxy.url)
  const token = proxy.seen.find(({ path }) => path === '/s5/upload')?.headers.authorization?.slice(7) ?? ''

  const withToken = await createClient({})
  withToken.setPortalAuth(proxy.url, token)
  const blob = await withToken.api.uploadBlob(content)
  expect(await withToken.api.downloadBlobAsBytes(blob.hash)).toEqual(content)

  const adopting = await createClient({ portals: [proxy.url] })
  const phrase = adopting.generateSeedPhrase()
  await adopting.recoverIdentityFromSeedPhrase(phrase)
  await adopting.storePortalCredentials(proxy.url, new Uint8Array(32).fill(7), token)
  await adopting.api.uploadBlob(content)
  await expect(adopting.storePortalCredentials(proxy.url, 'AAAA', token)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  })
  await expect(adopting.registerOnNewPortal(proxy.url)).rejects.toThrow(AccountExistsError)
})

test('signatures verify with the public key that is shown for them', async () => {
  const s5 = await createClient({})
  await s5.recoverIdentityFromSeedPhrase(s5.generateSeedPhrase())
  const decode = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'))
  const keys = new Set<string>()
  for (const seed of [undefined, 'AAEC', 'AAED']) {
    const publicKey = await s5.getSigningPublicKey(seed)
    const signature = decode(await s5.sign(content, seed))
    expect(await s5.crypto.verifyEd25519(decode(publicKey), content, signature)).toBe(true)
    keys.add(publicKey)
  }
  expect(keys.size).toBe(3)
})

test('a portal that lost its accounts, and has the list of them from its peers, is told of ours again', async () => {
  const portal = await startPortal({ faults: true })
  const phrase = (await createClient({})).generateSeedPhrase()
  await createDevice(portal.url, phrase)
  const peer = await startPortal({ peers: [portal.peerUri] })
  await expect.poll(() => peer.stats().replicatedBlobs, { timeout: 10_000 }).toBeGreaterThan(0)
  await portal.faults.set({ lostDisk: true })
  const device = await createDevice(portal.url, phrase)
  await device.api.uploadBlob(content)
  expect(portal.stats()).toMatchObject({ registrations: 2, logins: 0 })
  const later = await createDevice(portal.url, phrase)
  await later.api.uploadBlob(content)
  expect(portal.stats()).toMatchObject({ registrations: 2, logins: 1 })
})
