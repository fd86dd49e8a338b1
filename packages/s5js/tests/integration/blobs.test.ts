import { expect, test } from 'vitest'
import { type BlobNotFoundError, hashBlake3 } from '../../src/index'
import { createClient, createUser, startFaultyPortal, startPortal, startProxy } from '../support/network'

const content = new TextEncoder().encode('kept on S5')
const absent = new Uint8Array(32).fill(9)

test.each([0, 1, 255, 256, 70_000, 9_000_000])('a blob of %i bytes comes back as it went', async (size) => {
  const portal = await startPortal()
  const s5 = await createUser(portal.url)
  const bytes = Uint8Array.from({ length: size }, (_, index) => (index * 31) % 251)
  const blob = await s5.api.uploadBlob(bytes)
  expect(blob.size).toBe(size)
  expect(blob.hash).toEqual(await hashBlake3(bytes))
  const stranger = await createClient({ portals: [portal.url] })
  for (const cid of [blob.toString(), blob.toBase58(), blob.toBytes(), blob.hash]) {
    expect(Buffer.compare(await stranger.downloadByCID(cid), bytes)).toBe(0)
  }
})

test('a blob is as it was when its upload was asked for', async () => {
  const portal = await startPortal()
  const s5 = await createUser(portal.url)
  const bytes = content.slice()
  const uploading = s5.api.uploadBlob(bytes)
  bytes.fill(0)
  const { hash } = await uploading
  const stranger = await createClient({ portals: [portal.url] })
  expect(await stranger.api.downloadBlobAsBytes(hash)).toEqual(content)
})

test('F10: a blob is fetched once, and no caller can spoil it for the next', async () => {
  const portal = await startPortal()
  const { hash } = await (await createUser(portal.url)).api.uploadBlob(content)
  const s5 = await createClient({ portals: [portal.url] })
  for (let times = 0; times < 3; times++) {
    const bytes = await s5.api.downloadBlobAsBytes(hash)
    expect(bytes).toEqual(content)
    bytes.fill(0)
  }
  expect(s5.getTransferStats()).toMatchObject({ downloads: 1, bytesDown: content.length })
})

test('F10: what a client uploaded it need not download', async () => {
  const portal = await startPortal()
  const s5 = await createUser(portal.url)
  const { hash } = await s5.api.uploadBlob(content)
  expect(await s5.api.downloadBlobAsBytes(hash)).toEqual(content)
  expect(s5.getTransferStats().downloads).toBe(0)
})

test('absent means that every portal answered 404', async () => {
  const [one, two] = [await startProxy(), await startProxy()]
  const s5 = await createClient({ portals: [one.url, two.url] })
  const error = await s5.api.downloadBlobAsBytes(absent).catch((error: BlobNotFoundError) => error)
  expect(error).toMatchObject({ code: 'ABSENT', retryable: false })
  expect(String(error)).toMatch(/Blob not found: .+ \(hash: .{16}\.\.\.\)/)
  for (const status of [500, 503, 403, 429]) {
    two.fault = () => ({ status })
    await expect(s5.api.downloadBlobAsBytes(absent)).rejects.not.toMatchObject({ code: 'ABSENT' })
  }
  await two.close()
  await expect(s5.api.downloadBlobAsBytes(absent)).rejects.toMatchObject({ code: 'UNREACHABLE' })
})

test('portals are asked in turn, whatever is wrong with the ones before', async () => {
  const portal = await startPortal()
  const { hash } = await (await createUser(portal.url)).api.uploadBlob(content)
  const broken = await startProxy()
  for (const fault of [
    { status: 404 },
    { status: 500 },
    { status: 200, body: 'other bytes' },
    'break',
    'hang',
  ] as const) {
    broken.fault = () => fault
    const s5 = await createClient({ portals: [broken.url, portal.url], timeoutMs: 1000 })
    expect(await s5.api.downloadBlobAsBytes(hash)).toEqual(content)
    expect(broken.seen.splice(0)).toHaveLength(1)
  }
})

test('a portal that sends other bytes is caught, and they are not kept', async () => {
  const proxy = await startFaultyPortal()
  const { hash } = await (await createUser(proxy.url)).api.uploadBlob(content)
  const s5 = await createClient({ portals: [proxy.url] })
  for (const body of ['', 'other bytes', `${new TextDecoder().decode(content)}!`]) {
    proxy.fault = () => ({ status: 200, body })
    await expect(s5.api.downloadBlobAsBytes(hash)).rejects.toMatchObject({
      code: 'CORRUPT',
      retryable: false,
    })
  }
  proxy.fault = () => undefined
  expect(await s5.api.downloadBlobAsBytes(hash)).toEqual(content)
})

test('reading stops at the bound, even of a body without an end', async () => {
  const proxy = await startProxy()
  const s5 = await createClient({ portals: [proxy.url] })
  proxy.fault = () => 'endless'
  await expect(s5.api.downloadBlobAsBytes(absent, { maxBytes: 100_000 })).rejects.toMatchObject({
    code: 'CORRUPT',
  })
  expect(s5.getTransferStats().bytesDown).toBeLessThan(1_000_000)
  await expect(s5.api.downloadBlobAsBytes(absent)).rejects.toMatchObject({ code: 'CORRUPT' })
  expect(s5.getTransferStats().bytesDown).toBeLessThan(70_000_000)
})

test('the bound holds for blobs that need no download too', async () => {
  const s5 = await createUser((await startPortal()).url)
  const { hash } = await s5.api.uploadBlob(content)
  await expect(s5.api.downloadBlobAsBytes(hash, { maxBytes: 3 })).rejects.toMatchObject({ code: 'CORRUPT' })
  expect(await s5.api.downloadBlobAsBytes(hash, { maxBytes: content.length })).toEqual(content)
})

test('a portal that acknowledges another hash or size, or nothing, has not stored the blob', async () => {
  const proxy = await startFaultyPortal()
  const s5 = await createUser(proxy.url)
  const right = await s5.api.uploadBlob(content)
  const other = await s5.api.uploadBlob(content.with(0, 0))
  const withoutSize = right.toHex().slice(0, -2)
  for (const cid of [other.toString(), `${withoutSize}00`, `${withoutSize}0b`, 'b', 7, undefined]) {
    proxy.fault = ({ path }) =>
      path === '/s5/upload' ? { status: 200, body: JSON.stringify({ cid }) } : undefined
    await expect(s5.api.uploadBlob(content)).rejects.toMatchObject({ code: 'CORRUPT' })
  }
  proxy.fault = ({ path }) => (path === '/s5/upload' ? { status: 200, body: 'no JSON' } : undefined)
  await expect(s5.api.uploadBlob(content)).rejects.toMatchObject({ code: 'CORRUPT' })
})

test('an upload goes to the next portal when one does not take it, and is not repeated on the same', async () => {
  const faulty = await startFaultyPortal()
  const healthy = await startPortal()
  const s5 = await createUser(faulty.url)
  await s5.ensurePortalAccount(healthy.url)
  faulty.fault = ({ path }) => (path === '/s5/upload' ? { status: 507, body: 'full' } : undefined)
  faulty.seen.length = 0
  const before = healthy.stats().uploads
  await s5.api.uploadBlob(content)
  expect(faulty.seen).toHaveLength(1)
  expect(healthy.stats().uploads - before).toBe(1)
})

test('a refusal keeps the status and the words of the portal', async () => {
  const s5 = await createUser((await startPortal({ maxUploadBytes: 10_000 })).url)
  const error = await s5.api.uploadBlob(new Uint8Array(20_000)).catch((error: Error) => error)
  expect(error).toMatchObject({ code: 'REJECTED', status: 413, retryable: false })
})

test('only 408 and 429 are refusals that are worth another try', async () => {
  const proxy = await startProxy()
  const s5 = await createClient({ portals: [proxy.url] })
  for (const [status, retryable] of [
    [400, false],
    [403, false],
    [408, true],
    [429, true],
  ] as const) {
    proxy.fault = () => ({ status, body: JSON.stringify({ detail: 'said why' }) })
    const error = await s5.api.downloadBlobAsBytes(absent).catch((error: Error) => error)
    expect(error).toMatchObject({ code: 'REJECTED', status, retryable })
    expect(String(error)).toContain('said why')
  }
})

test('a blob can be pinned and unpinned, and unpinning what is absent is done', async () => {
  const portal = await startPortal()
  const [one, two] = [await createUser(portal.url), await createUser(portal.url)]
  const { hash, hash33 } = await one.api.uploadBlob(content)
  await two.api.pinHash(hash33)
  await one.api.unpinHash(hash)
  const stranger = async () => (await createClient({ portals: [portal.url] })).api.downloadBlobAsBytes(hash)
  expect(await stranger()).toEqual(content)
  await two.api.unpinHash(hash)
  await expect(stranger()).rejects.toMatchObject({ code: 'ABSENT' })
  await two.api.unpinHash(hash)
  await expect(two.api.pinHash(hash)).rejects.toMatchObject({ code: 'ABSENT' })
})

test('the bytes of requests and answers are counted', async () => {
  const proxy = await startFaultyPortal()
  const s5 = await createUser(proxy.url)
  const sent = proxy.seen.reduce((total, { body }) => total + body.length, 0)
  expect(s5.getTransferStats().bytesUp).toBe(sent)
  expect(s5.getTransferStats().bytesDown).toBeGreaterThan(100)
})
