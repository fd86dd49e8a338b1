import { describe, expect, it } from 'vitest'
import { generateSeedPhrase } from '../../src/index'
import { averageAppendBytes } from '../support/append-bytes'
import { type FaultProxy, type ProxiedRequest, startFaultProxy } from '../support/fault-proxy'
import { closeAfterTest, startPortal, startSdk, user } from '../support/fixture'
import { prose } from '../support/prose'

const APPENDS = 1000
const MOST_WAITED_FOR = 64 * 1024

interface Cost {
  bytesPerAppend: number
  uploadsPerAppend: number
  registryWritesPerAppend: number
  reads: number
}

function costOf(requests: FaultProxy['requests'], appends: number): Cost {
  const of = (method: string, path: string) =>
    requests.filter((request) => request.method === method && request.path.startsWith(path))
  const uploads = of('POST', '/s5/upload')
  return {
    bytesPerAppend: uploads.reduce((sum, { body }) => sum + body.length, 0) / appends,
    uploadsPerAppend: uploads.length / appends,
    registryWritesPerAppend: of('POST', '/s5/registry').length / appends,
    reads: of('GET', '/s5/').length,
  }
}

describe('Appends of 500 bytes', () => {
  it('one at a time cost about the same whatever the length of the conversation', async () => {
    const portal = await startPortal()
    const proxy = closeAfterTest(await startFaultProxy(portal.url))
    const sdk = await startSdk(proxy.url)
    await sdk.storage.appendMessage('one', user(prose(500, 0)))
    proxy.requests.splice(0)
    for (let i = 1; i <= APPENDS; i += 1) await sdk.storage.appendMessage('one', user(prose(500, i)))
    const cost = costOf(proxy.requests, APPENDS)
    expect(cost.bytesPerAppend).toBeLessThanOrEqual(2500)
    expect(cost.uploadsPerAppend).toBeLessThanOrEqual(1.3)
    expect(cost.registryWritesPerAppend).toBeLessThanOrEqual(1.1)
    expect(cost.reads).toBe(0)
  })

  it('upload at most 30 % more each when there are five times as many', async () => {
    const { first, all } = await averageAppendBytes(5 * APPENDS)
    expect(all).toBeLessThanOrEqual(1.3 * first)
  }, 60_000)

  it('cost no more behind a thousand messages that came at once', async () => {
    const portal = await startPortal()
    const sdk = await startSdk(portal.url)
    const texts = Array.from({ length: APPENDS }, (_, i) => prose(500, i))
    await sdk.storage.appendMessages('one', texts.map(user))
    const before = sdk.storage.getStats().bytesUp
    for (let i = 0; i < 100; i += 1) await sdk.storage.appendMessage('one', user(prose(500, i)))
    expect((sdk.storage.getStats().bytesUp - before) / 100).toBeLessThanOrEqual(2500)
  })

  it('come to rest in a conversation of more than eight segments of the largest size', async () => {
    const portal = await startPortal()
    const sdk = await startSdk(portal.url)
    const megabyte = Buffer.alloc(700_000, 'x').toString()
    for (let i = 0; i < 12; i += 1) {
      await sdk.storage.appendMessages('one', [user(megabyte), user(megabyte), user(megabyte)])
    }
    let known = 0
    const isStill = () => {
      const before = known
      known = portal.stats().uploads
      return known === before
    }
    await expect.poll(isStill, { timeout: 10_000, interval: 300 }).toBe(true)
    expect(portal.stats().uploads).toBeLessThan(100)
  }, 30_000)

  it('wait for no upload of more than 64 KB: large compactions run beside them', async () => {
    const held: ProxiedRequest[] = []
    let release = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    const portal = await startPortal()
    const holdLarge = async (request: ProxiedRequest) => {
      if (request.body.length > MOST_WAITED_FOR) {
        held.push(request)
        await released
      }
      return { kind: 'none' } as const
    }
    const proxy = closeAfterTest(await startFaultProxy(portal.url, holdLarge))
    const sdk = await startSdk(proxy.url)
    const batch = (i: number) => Array.from({ length: 60 }, (_, j) => user(prose(500, 60 * i + j)))
    for (let i = 0; i < 8; i += 1) await sdk.storage.appendMessages('one', batch(i))
    for (let i = 0; i < 40; i += 1) await sdk.storage.appendMessage('one', user(prose(500, i)))
    expect(held).toHaveLength(1)
    release()
    expect((await sdk.storage.loadConversation('one'))?.messages).toHaveLength(520)
  })

  it('leave no lock behind when all is done', async () => {
    const portal = await startPortal()
    const sdk = await startSdk(portal.url)
    await Promise.all(Array.from({ length: 50 }, (_, i) => sdk.storage.appendMessage(`c${i % 5}`, user('x'))))
    await new Promise((resolve) => setImmediate(resolve))
    expect((sdk.storage as unknown as { saveLocks: Map<string, unknown> }).saveLocks.size).toBe(0)
  })

  it('issued at once are at most twelve commits for a thousand', async () => {
    const portal = await startPortal()
    const seedPhrase = generateSeedPhrase()
    const sdk = await startSdk(portal.url, seedPhrase)
    const texts = Array.from({ length: APPENDS }, (_, i) => prose(500, i))
    const results = await Promise.all(texts.map((text) => sdk.storage.appendMessage('one', user(text))))
    expect(new Set(results.map(({ version }) => version)).size).toBeLessThanOrEqual(12)
    expect(Math.max(...results.map(({ version }) => version))).toBeLessThanOrEqual(12)
    const reader = await startSdk(portal.url, seedPhrase)
    const loaded = await reader.storage.loadConversation('one')
    expect(loaded?.messages.map(({ content }) => content)).toEqual(texts)
  })
})
