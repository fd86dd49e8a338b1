import { expect, test } from 'vitest'
import { RegistryConflictError, type RegistryEntry } from '../../src/index'
import { createClient, startFaultyPortal, startPortal, startProxy } from '../support/network'
import type { Fault } from '../support/portal-proxy'
import { entryOf, keyPair, otherKeyPair } from '../support/registry-entries'

function asJson({ pk, revision, data, signature }: RegistryEntry) {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')
  return { pk: text(pk), revision, data: text(data), signature: text(signature) }
}

test('an entry that was acknowledged is what everyone reads, at any revision', async () => {
  const { url } = await startPortal()
  const [writer, reader] = [await createClient({ portals: [url] }), await createClient({ portals: [url] })]
  expect(await reader.api.registryGet(keyPair.publicKey)).toBeUndefined()
  for (const revision of [0, 1, 7, 2 ** 31, 2 ** 32 + 1, 2 ** 48]) {
    const entry = await entryOf(revision)
    await writer.api.registrySet(entry)
    expect(await reader.api.registryGet(keyPair.publicKey)).toEqual(entry)
  }
  expect(writer.getTransferStats()).toMatchObject({ requests: 6, registryWrites: 6 })
})

test('of many writers of one revision exactly one wins, and the others learn what it wrote', async () => {
  const { url } = await startPortal()
  const writers = await Promise.all(Array.from({ length: 8 }, () => createClient({ portals: [url] })))
  const entries = await Promise.all(writers.map((_, index) => entryOf(3, index)))
  const results = await Promise.allSettled(
    entries.map(
      (entry, index) => writers[index]?.api.registrySet(entry) ?? Promise.reject(new Error('no writer')),
    ),
  )
  const won = entries.filter((_, index) => results[index]?.status === 'fulfilled')
  expect(won).toHaveLength(1)
  for (const result of results.filter((result) => result.status === 'rejected')) {
    expect(result.reason).toBeInstanceOf(RegistryConflictError)
    expect(result.reason).toMatchObject({ code: 'REVISION_CONFLICT', retryable: false, current: won[0] })
    expect(String(result.reason)).toContain('Revision number too low')
  }
})

test('setting the stored entry again resolves, and an older one is a conflict', async () => {
  const { url } = await startPortal()
  const s5 = await createClient({ portals: [url] })
  const entry = await entryOf(5)
  await s5.api.registrySet(entry)
  await s5.api.registrySet(entry)
  await expect(s5.api.registrySet(await entryOf(4))).rejects.toMatchObject({ current: entry })
})

test('a portal that reports conflicts as status 500 is understood', async () => {
  const proxy = await startFaultyPortal()
  const s5 = await createClient({ portals: [proxy.url] })
  const stored = await entryOf(5)
  await s5.api.registrySet(stored)
  proxy.fault = ({ method }) =>
    method === 'POST' ? { status: 500, body: 'Exception: Revision number too low' } : undefined
  await expect(s5.api.registrySet(await entryOf(5, 99))).rejects.toMatchObject({ current: stored })
  await s5.api.registrySet(stored)
  proxy.fault = ({ method }) => (method === 'POST' ? { status: 500, body: 'disk full' } : undefined)
  await expect(s5.api.registrySet(await entryOf(6))).rejects.toMatchObject({
    code: 'UNREACHABLE',
    retryable: true,
  })
})

test('a portal of ours says nothing on the console of a browser where there is nothing, or a conflict', async () => {
  const proxy = await startFaultyPortal()
  const s5 = await createClient({ portals: [proxy.url] })
  expect(await s5.api.registryGet(keyPair.publicKey)).toBeUndefined()
  await s5.api.registrySet(await entryOf(5))
  await expect(s5.api.registrySet(await entryOf(4))).rejects.toMatchObject({ code: 'REVISION_CONFLICT' })
  expect(proxy.statuses.filter((status) => status >= 400)).toEqual([])
})

test('absent is 404, or said in words of this key, and nothing else', async () => {
  const proxy = await startProxy()
  const s5 = await createClient({ portals: [proxy.url] })
  expect(await s5.api.registryGet(keyPair.publicKey)).toBeUndefined()
  const cases: [Fault, string][] = [
    [{ status: 500 }, 'UNREACHABLE'],
    [{ status: 403 }, 'REJECTED'],
    [{ status: 410 }, 'REJECTED'],
    [{ status: 200 }, 'CORRUPT'],
    [{ status: 204 }, 'CORRUPT'],
    [{ status: 200, body: '{}' }, 'CORRUPT'],
    [{ status: 200, body: '{"absent":true}' }, 'CORRUPT'],
    [
      {
        status: 200,
        body: JSON.stringify({ absent: true, pk: asJson(await entryOf(1, 1, otherKeyPair)).pk }),
      },
      'CORRUPT',
    ],
    ['break', 'UNREACHABLE'],
  ]
  for (const [fault, code] of cases) {
    proxy.fault = () => fault
    await expect(s5.api.registryGet(keyPair.publicKey)).rejects.toMatchObject({ code })
  }
})

test('a forged, foreign or malformed entry is caught', async () => {
  const proxy = await startProxy()
  const s5 = await createClient({ portals: [proxy.url] })
  const entry = await entryOf(5)
  const forgeries = [
    { ...asJson(entry), revision: 6 },
    asJson({ ...entry, data: entry.data.with(0, 1) }),
    asJson({ ...entry, signature: new Uint8Array(64) }),
    asJson({ ...entry, signature: new Uint8Array(3) }),
    asJson(await entryOf(5, 5, otherKeyPair)),
    { ...asJson(await entryOf(5, 5, otherKeyPair)), pk: asJson(entry).pk },
    { ...asJson(entry), revision: '5' },
    { ...asJson(entry), data: '***' },
    null,
  ]
  for (const forgery of forgeries) {
    proxy.fault = () => ({ status: 200, body: JSON.stringify(forgery) })
    await expect(s5.api.registryGet(keyPair.publicKey)).rejects.toMatchObject({ code: 'CORRUPT' })
    for (const status of [409, 200]) {
      proxy.fault = () => ({ status, body: JSON.stringify({ current: forgery }) })
      await expect(s5.api.registrySet(await entryOf(4))).rejects.toMatchObject({ code: 'CORRUPT' })
    }
  }
})

test('a write that is answered 200 without what is stored is read back, and counts only if it is there', async () => {
  const proxy = await startProxy()
  const s5 = await createClient({ portals: [proxy.url] })
  const entry = await entryOf(4)
  for (const body of ['', '{}', '{"curr']) {
    proxy.fault = ({ method }) => (method === 'POST' ? { status: 200, body } : { status: 404 })
    await expect(s5.api.registrySet(entry)).rejects.toMatchObject({ code: 'REVISION_CONFLICT' })
    const stored = JSON.stringify(asJson(entry))
    proxy.fault = ({ method }) => ({ status: 200, body: method === 'POST' ? body : stored })
    await s5.api.registrySet(entry)
  }
})

test('a conflict with an older entry, or with none, is a conflict all the same', async () => {
  const proxy = await startProxy()
  const s5 = await createClient({ portals: [proxy.url] })
  const older = await entryOf(3)
  for (const [body, current] of [
    [{ current: asJson(older) }, older],
    [{}, undefined],
  ]) {
    proxy.fault = ({ method }) =>
      method === 'POST' ? { status: 409, body: JSON.stringify(body) } : { status: 404 }
    await expect(s5.api.registrySet(await entryOf(4))).rejects.toMatchObject({
      code: 'REVISION_CONFLICT',
      message: expect.stringContaining('Revision number too low'),
      current,
    })
  }
})

test('an entry of a wrong shape, or a key of one, is not sent', async () => {
  const proxy = await startProxy()
  const s5 = await createClient({ portals: [proxy.url] })
  const entry = await entryOf(5)
  const wrong = [
    { ...entry, revision: -1 },
    { ...entry, revision: 2 ** 48 + 2 },
    { ...entry, data: new Uint8Array() },
    { ...entry, pk: keyPair.pubKey },
  ]
  for (const bad of wrong)
    await expect(s5.api.registrySet(bad)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  await expect(s5.api.registryGet(keyPair.pubKey)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  expect(proxy.seen).toEqual([])
})

test('of several portals the highest revision is read, and one answer of two is enough', async () => {
  const [one, two] = [await startFaultyPortal(), await startFaultyPortal()]
  const [onOne, onTwo] = [
    await createClient({ portals: [one.url] }),
    await createClient({ portals: [two.url] }),
  ]
  const s5 = await createClient({ portals: [one.url, two.url] })
  expect(await s5.api.registryGet(keyPair.publicKey)).toBeUndefined()
  await onOne.api.registrySet(await entryOf(1))
  expect(await s5.api.registryGet(keyPair.publicKey)).toMatchObject({ revision: 1 })
  await onTwo.api.registrySet(await entryOf(2))
  expect(await s5.api.registryGet(keyPair.publicKey)).toMatchObject({ revision: 2 })
  two.fault = () => ({ status: 500 })
  expect(await s5.api.registryGet(keyPair.publicKey)).toMatchObject({ revision: 1 })
})

test('when one portal fails and the other has nothing, absence is not claimed', async () => {
  const [one, two] = [await startProxy(), await startProxy()]
  const s5 = await createClient({ portals: [one.url, two.url] })
  two.fault = () => ({ status: 503 })
  await expect(s5.api.registryGet(keyPair.publicKey)).rejects.toMatchObject({
    code: 'UNREACHABLE',
    retryable: true,
  })
})

test('a write goes to all portals, one acknowledgement is enough, and the highest conflict wins', async () => {
  const [one, two] = [await startFaultyPortal(), await startFaultyPortal()]
  const [onOne, onTwo] = [
    await createClient({ portals: [one.url] }),
    await createClient({ portals: [two.url] }),
  ]
  const s5 = await createClient({ portals: [one.url, two.url] })
  await s5.api.registrySet(await entryOf(1))
  expect(await onOne.api.registryGet(keyPair.publicKey)).toMatchObject({ revision: 1 })
  expect(await onTwo.api.registryGet(keyPair.publicKey)).toMatchObject({ revision: 1 })

  await onOne.api.registrySet(await entryOf(5))
  await onTwo.api.registrySet(await entryOf(7))
  await expect(s5.api.registrySet(await entryOf(5, 50))).rejects.toMatchObject({ current: { revision: 7 } })
  await expect(s5.api.registrySet(await entryOf(6))).rejects.toMatchObject({ current: { revision: 7 } })

  two.fault = () => ({ status: 500 })
  await s5.api.registrySet(await entryOf(8))
  one.fault = () => ({ status: 500 })
  await expect(s5.api.registrySet(await entryOf(9))).rejects.toMatchObject({ code: 'UNREACHABLE' })
})

test('a portal that hangs cannot undo what another one has acknowledged, but an abort ends the call', async () => {
  const [one, two] = [await startFaultyPortal(), await startProxy()]
  two.fault = () => 'hang'
  const s5 = await createClient({ portals: [one.url, two.url] })
  const entry = await entryOf(1)
  await s5.api.registrySet(entry, { timeoutMs: 200 })
  expect(await s5.api.registryGet(keyPair.publicKey, { timeoutMs: 200 })).toEqual(entry)
  const controller = new AbortController()
  one.fault = async () => {
    setImmediate(() => controller.abort('enough'))
    return undefined
  }
  await expect(s5.api.registryGet(keyPair.publicKey, { signal: controller.signal })).rejects.toBe('enough')
})

test('without a portal there is nobody to ask', async () => {
  const s5 = await createClient({})
  await expect(s5.api.registryGet(keyPair.publicKey)).rejects.toMatchObject({ code: 'NO_PORTALS' })
  await expect(s5.api.registrySet(await entryOf(1))).rejects.toMatchObject({ code: 'NO_PORTALS' })
  await expect(s5.api.downloadBlobAsBytes(new Uint8Array(32))).rejects.toMatchObject({ code: 'NO_PORTALS' })
})
