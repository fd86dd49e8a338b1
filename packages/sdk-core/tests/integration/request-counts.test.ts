import { createPortal } from '@s5-conversations/s5-portal'
import { describe, expect, it } from 'vitest'
import { createSdk, generateSeedPhrase } from '../../src/index'
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy'
import { closeAfterTest, startPortal, startSdk, user } from '../support/fixture'
import { prose } from '../support/prose'

async function startCountingProxy(): Promise<FaultProxy> {
  const portal = await startPortal()
  return closeAfterTest(await startFaultProxy(portal.url))
}

/** The requests that went through since the last call, as `METHOD path`, without blob ids. */
function takeRequests(proxy: FaultProxy): string[] {
  return proxy.requests
    .splice(0)
    .map(({ method, path }) => `${method} ${path.replace(/\/blob\/.*/, '/blob')}`)
}

describe('The requests of', () => {
  it('a first use, from nothing to a saved and listed conversation, are at most 14', async () => {
    const proxy = await startCountingProxy()
    const sdk = await startSdk(proxy.url)
    await sdk.storage.appendMessage('one', user('first'))
    const { items } = await sdk.storage.listConversations()
    expect(items).toHaveLength(1)
    await sdk.close()
    expect(takeRequests(proxy).length).toBeLessThanOrEqual(14)
  })

  it('a first use are these eleven', async () => {
    const proxy = await startCountingProxy()
    const sdk = await startSdk(proxy.url)
    await sdk.storage.appendMessage('one', user('first'))
    expect(takeRequests(proxy)).toEqual([
      'GET /s5/registry',
      'GET /s5/account/register',
      'POST /s5/account/register',
      'POST /s5/upload',
      'POST /s5/registry',
      'GET /s5/registry',
      'POST /s5/upload',
      'GET /s5/registry',
      'POST /s5/upload',
      'POST /s5/registry',
      'POST /s5/registry',
    ])
  })

  it('a save of an existing conversation are one upload and one registry write', async () => {
    const proxy = await startCountingProxy()
    const sdk = await startSdk(proxy.url)
    await sdk.storage.appendMessage('one', user('first'))
    takeRequests(proxy)
    await sdk.storage.appendMessage('one', user('second'))
    expect(takeRequests(proxy)).toEqual(['POST /s5/upload', 'POST /s5/registry'])
    await sdk.saveConversation({ id: 'one', messages: [{ id: 'third', ...user('third') }] })
    expect(takeRequests(proxy)).toEqual(['POST /s5/upload', 'POST /s5/registry'])
  })

  it('a cold load of a short conversation are one registry read and one blob', async () => {
    const proxy = await startCountingProxy()
    const seedPhrase = generateSeedPhrase()
    const writer = await startSdk(proxy.url, seedPhrase)
    await writer.storage.appendMessages('one', [user('first'), user('second')])
    await writer.close()
    const reader = await startSdk(proxy.url, seedPhrase)
    takeRequests(proxy)
    await reader.storage.loadConversation('one')
    expect(takeRequests(proxy)).toEqual(['GET /s5/registry', 'GET /s5/blob'])
  })

  it('a cold load of a thousand messages are a registry read, a head, and few segments at once', async () => {
    const proxy = await startCountingProxy()
    const seedPhrase = generateSeedPhrase()
    const writer = await startSdk(proxy.url, seedPhrase)
    for (let i = 0; i < 1000; i += 20) {
      await writer.storage.appendMessages(
        'one',
        Array.from({ length: 20 }, (_, j) => user(prose(500, i + j))),
      )
    }
    await writer.close()
    const reader = await startSdk(proxy.url, seedPhrase)
    takeRequests(proxy)
    const whole = await reader.storage.loadConversation('one')
    expect(whole?.messages).toHaveLength(1000)
    const requests = takeRequests(proxy)
    expect(requests.slice(0, 2)).toEqual(['GET /s5/registry', 'GET /s5/blob'])
    expect(requests.length).toBeLessThanOrEqual(1 + 24)
    const other = await startSdk(proxy.url, seedPhrase)
    takeRequests(proxy)
    const page = await other.storage.loadConversation('one', { limit: 50 })
    expect(page?.messages).toEqual(whole?.messages.slice(-50))
    expect(takeRequests(proxy).length).toBeLessThan(requests.length)
  })

  it('a sign-in on a second device are four', async () => {
    const proxy = await startCountingProxy()
    const seedPhrase = generateSeedPhrase()
    await startSdk(proxy.url, seedPhrase)
    takeRequests(proxy)
    await startSdk(proxy.url, seedPhrase)
    expect(takeRequests(proxy)).toEqual([
      'GET /s5/registry',
      'GET /s5/blob',
      'GET /s5/account/login',
      'POST /s5/account/login',
    ])
  })

  it('a replayed append are none', async () => {
    const proxy = await startCountingProxy()
    const sdk = await startSdk(proxy.url)
    const message = { id: 'm', ...user('first') }
    const first = await sdk.storage.appendMessage('one', message)
    takeRequests(proxy)
    const second = await sdk.storage.appendMessage('one', message)
    expect(second).toMatchObject({
      version: first.version,
      cid: first.cid,
      outcome: 'PERSISTENCE_IDEMPOTENT_REPLAY',
    })
    expect(takeRequests(proxy)).toEqual([])
  })

  it('the list of a hundred conversations are a registry read and its blobs, once summaries have landed', async () => {
    const portal = closeAfterTest(await createPortal({ port: 0 }))
    const seedPhrase = generateSeedPhrase()
    const writer = await createSdk({ portals: [portal.url], seedPhrase })
    await Promise.all(Array.from({ length: 100 }, (_, i) => writer.storage.appendMessage(`c${i}`, user('x'))))
    await writer.close()
    const proxy = closeAfterTest(await startFaultProxy(portal.url))
    const reader = await startSdk(proxy.url, seedPhrase)
    takeRequests(proxy)
    const { items } = await reader.storage.listConversations()
    expect(items).toHaveLength(100)
    const requests = takeRequests(proxy)
    expect(requests[0]).toBe('GET /s5/registry')
    expect(requests.slice(1).every((request) => request === 'GET /s5/blob')).toBe(true)
    expect(requests.length).toBeLessThanOrEqual(10)
  })
})
