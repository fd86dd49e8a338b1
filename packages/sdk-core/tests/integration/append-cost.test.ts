import { describe, expect, it } from 'vitest'
import { generateSeedPhrase } from '../../src/index'
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy'
import { closeAfterTest, startPortal, startSdk, user } from '../support/fixture'
import { prose } from '../support/prose'

const APPENDS = 1000

interface Cost {
  bytesPerAppend: number
  uploadsPerAppend: number
  registryWritesPerAppend: number
  reads: number
  largestUpload: number
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
    largestUpload: Math.max(...uploads.map(({ body }) => body.length)),
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
