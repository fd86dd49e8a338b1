import { describe, expect, it } from 'vitest'
import { generateSeedPhrase, RevisionConflictError, StoreUnavailableError } from '../../src/index'
import { type Fault, startFaultProxy } from '../support/fault-proxy'
import { closeAfterTest, startPortal, startSdk, textsOf, user } from '../support/fixture'

const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i}`)

describe('Saves of one conversation at the same time', () => {
  it('all succeed, and all their messages are there', async () => {
    const portal = await startPortal()
    const sdk = await startSdk(portal.url)
    const texts = numbered('save ', 5)
    const results = await Promise.all(
      texts.map((text) => sdk.saveConversation({ id: 'one', messages: [{ id: text, ...user(text) }] })),
    )
    expect(results.every((result) => result.outcome === 'COMMITTED')).toBe(true)
    expect(results.flatMap((result) => result.messageIds)).toEqual(texts)
    expect((await textsOf(sdk, 'one')).sort()).toEqual(texts)
  })

  it('keep the order in which one caller issued them', async () => {
    const portal = await startPortal()
    const sdk = await startSdk(portal.url)
    const texts = numbered('m', 40)
    await Promise.all(texts.map((text) => sdk.storage.appendMessage('one', user(text))))
    expect(await textsOf(sdk, 'one')).toEqual(texts)
  })

  it('and an append beside them lose nothing of each other', async () => {
    const portal = await startPortal()
    const sdk = await startSdk(portal.url)
    const whole = { id: 'one', messages: numbered('s', 3).map((text) => ({ id: text, ...user(text) })) }
    await Promise.all([sdk.saveConversation(whole), sdk.storage.appendMessage('one', user('appended'))])
    await sdk.saveConversation(whole)
    expect(await textsOf(sdk, 'one')).toEqual(['s0', 's1', 's2', 'appended'])
  })

  it('from several devices are all there once, in the same order for each', async () => {
    const portal = await startPortal()
    const seedPhrase = generateSeedPhrase()
    const devices = await Promise.all(
      numbered('d', 3).map((deviceId) => startSdk(portal.url, seedPhrase, { deviceId })),
    )
    await Promise.all(
      devices.flatMap((device, d) =>
        numbered(`device ${d}: `, 15).map((text) => device.storage.appendMessage('one', user(text))),
      ),
    )
    const [first, ...others] = await Promise.all(devices.map((device) => textsOf(device, 'one')))
    expect(new Set(first).size).toBe(45)
    expect(first).toHaveLength(45)
    for (const other of others) expect(other).toEqual(first)
    for (const d of [0, 1, 2]) {
      expect(first?.filter((text) => text.startsWith(`device ${d}`))).toEqual(numbered(`device ${d}: `, 15))
    }
    expect(devices.reduce((sum, device) => sum + device.storage.getStats().conflicts, 0)).toBeGreaterThan(0)
  })

  it('by the encrypted and by the plaintext path wait for each other', async () => {
    const portal = await startPortal()
    const sdk = await startSdk(portal.url)
    const one = (text: string) => ({ id: 'one', messages: [{ id: text, ...user(text) }] })
    const results = await Promise.all([
      sdk.storage.saveConversationEncrypted(one('sealed')),
      sdk.storage.saveConversationPlaintext(one('plain')),
      sdk.storage.storeConversation(one('either')),
    ])
    expect(results.map((result) => result.version)).toEqual([1, 2, 3])
    expect(await textsOf(sdk, 'one')).toEqual(['sealed', 'plain', 'either'])
  })
})

describe('Saves of different conversations', () => {
  it('overlap in time, and are all listed', async () => {
    const portal = await startPortal()
    const proxy = closeAfterTest(await startFaultProxy(portal.url, undefined, 20))
    const sdk = await startSdk(proxy.url)
    const ids = numbered('conversation ', 20)
    await Promise.all(ids.map((id) => sdk.storage.appendMessage(id, user(id))))
    // One save after another would have two uploads under way at most: its own and the catalog's.
    expect(proxy.mostAtOnce()).toBeGreaterThanOrEqual(10)
    const { items } = await sdk.storage.listConversations()
    expect(items.map((item) => item.id).sort()).toEqual(ids.sort())
  })

  it('created by two devices at once are all listed by both', async () => {
    const portal = await startPortal()
    const seedPhrase = generateSeedPhrase()
    const devices = await Promise.all([startSdk(portal.url, seedPhrase), startSdk(portal.url, seedPhrase)])
    await Promise.all(
      devices.flatMap((device, d) =>
        numbered(`${d}-`, 10).map((id) => device.storage.appendMessage(id, user(id))),
      ),
    )
    for (const device of devices) {
      const { items } = await device.storage.listConversations()
      expect(items).toHaveLength(20)
    }
  })
})

/** A proxy that treats later writes of the registry entry written last before `arm()` with `faults`, in turn. */
async function withRegistryFaults(portalUrl: string, faults: Fault[]) {
  let lastWritten = ''
  let target: string | undefined
  const proxy = await startFaultProxy(portalUrl, ({ method, path, body }) => {
    if (method !== 'POST' || path !== '/s5/registry') return { kind: 'none' }
    lastWritten = JSON.parse(body.toString()).pk
    return (lastWritten === target ? faults.shift() : undefined) ?? { kind: 'none' }
  })
  closeAfterTest(proxy)
  return {
    url: proxy.url,
    arm: () => {
      target = lastWritten
    },
  }
}

describe('A save whose answer is lost', () => {
  it('succeeds once, without a second copy', async () => {
    const portal = await startPortal()
    const faults: Fault[] = Array.from({ length: 3 }, () => ({ kind: 'drop-answer' }))
    const proxy = await withRegistryFaults(portal.url, faults)
    const sdk = await startSdk(proxy.url)
    await sdk.storage.appendMessage('one', user('first'))
    proxy.arm()
    const result = await sdk.storage.appendMessage('one', user('second'))
    expect(result).toMatchObject({ version: 2, revision: 2, outcome: 'COMMITTED' })
    await sdk.storage.appendMessage('one', user('third'))
    expect(await textsOf(sdk, 'one')).toEqual(['first', 'second', 'third'])
  })

  it('is told apart from one that never arrived, which is tried again', async () => {
    const portal = await startPortal()
    const proxy = await withRegistryFaults(portal.url, [{ kind: 'drop-request' }, { kind: 'drop-request' }])
    const sdk = await startSdk(proxy.url)
    await sdk.storage.appendMessage('one', user('first'))
    proxy.arm()
    await sdk.storage.appendMessage('one', user('second'))
    expect(sdk.storage.getStats().retries).toBe(2)
    expect(await textsOf(sdk, 'one')).toEqual(['first', 'second'])
  })

  it('does not bring a message twice when another device wrote meanwhile', async () => {
    const portal = await startPortal()
    const seedPhrase = generateSeedPhrase()
    const other = await startSdk(portal.url, seedPhrase)
    const proxy = await withRegistryFaults(portal.url, [{ kind: 'drop-answer' }])
    const sdk = await startSdk(proxy.url, seedPhrase)
    await sdk.storage.appendMessage('one', user('first'))
    proxy.arm()
    await Promise.all([
      sdk.storage.appendMessage('one', user('mine')),
      ...numbered('theirs ', 5).map((text) => other.storage.appendMessage('one', user(text))),
    ])
    const texts = await textsOf(sdk, 'one')
    expect(texts.filter((text) => text === 'mine')).toHaveLength(1)
    expect(texts).toHaveLength(7)
  })
})

describe('A conditional save whose answer and read-back are lost', () => {
  it('is not refused because of the version it made itself', async () => {
    const portal = await startPortal()
    const faults: Fault[] = []
    const proxy = closeAfterTest(
      await startFaultProxy(
        portal.url,
        ({ path }) => (path === '/s5/registry' && faults.shift()) || { kind: 'none' },
      ),
    )
    const sdk = await startSdk(proxy.url)
    await sdk.storage.appendMessage('one', user('first'))
    faults.push({ kind: 'drop-answer' }, { kind: 'drop-request' })
    const options = { expectedVersion: 1 }
    await expect(sdk.storage.appendMessage('one', user('second'), options)).resolves.toMatchObject({
      version: 2,
    })
    faults.push({ kind: 'drop-answer' }, { kind: 'drop-request' })
    const saved = { id: 'one', messages: [{ id: 'only', ...user('only') }] }
    await expect(sdk.saveConversation(saved, { overwrite: true })).resolves.toMatchObject({ version: 3 })
    expect(await textsOf(sdk, 'one')).toEqual(['only'])
  })
})

describe('A write that its caller gave up', () => {
  it('and that lands late is not taken for the next one, which is not lost', async () => {
    const portal = await startPortal()
    const seedPhrase = generateSeedPhrase()
    const gate = { isHolding: false, release: () => {} }
    const held = new Promise<void>((resolve) => {
      gate.release = resolve
    })
    let heldKey: string | undefined
    const proxy = closeAfterTest(
      await startFaultProxy(portal.url, async ({ method, path, body }): Promise<Fault> => {
        if (!gate.isHolding || method !== 'POST' || path !== '/s5/registry') return { kind: 'none' }
        const { pk } = JSON.parse(body.toString())
        if (heldKey === undefined) {
          heldKey = pk
          gaveUp.abort(new Error('gave up'))
          await held
          return { kind: 'drop-answer' }
        }
        if (pk === heldKey) {
          gate.release()
          await untilRevision(portal.url, pk, 2)
        }
        return { kind: 'none' }
      }),
    )
    const gaveUp = new AbortController()
    const sdk = await startSdk(proxy.url, seedPhrase)
    await sdk.storage.appendMessage('one', user('first'))
    gate.isHolding = true
    const abandoned = sdk.storage.appendMessage('one', user('given up'), { signal: gaveUp.signal })
    await expect(abandoned).rejects.toThrow('gave up')
    await sdk.storage.appendMessage('one', user('next'))
    const other = await startSdk(portal.url, seedPhrase)
    expect(await textsOf(other, 'one')).toEqual(['first', 'given up', 'next'])
  })
})

async function untilRevision(portalUrl: string, pk: string, revision: number): Promise<void> {
  for (;;) {
    const answer = await fetch(`${portalUrl}/s5/registry?pk=${pk}`)
    if (((await answer.json()) as { revision: number }).revision >= revision) return
  }
}

describe('A portal that answers a write with a revision error', () => {
  const conflict: Fault = { kind: 'answer', status: 500, body: 'Revision number too low' }

  it('three times lets the save succeed at the fourth attempt, after 200, 400 and 800 ms', async () => {
    const portal = await startPortal()
    const proxy = await withRegistryFaults(portal.url, [conflict, conflict, conflict])
    const sdk = await startSdk(proxy.url)
    await sdk.storage.appendMessage('one', user('first'))
    proxy.arm()
    const start = performance.now()
    await expect(sdk.storage.appendMessage('one', user('second'))).resolves.toMatchObject({ version: 2 })
    expect(performance.now() - start).toBeGreaterThanOrEqual(1400 - 15)
    expect(sdk.storage.getStats()).toMatchObject({ retries: 3, conflicts: 3 })
  })

  it('four times fails with REVISION_CONFLICT, frees the lock and loses nothing', async () => {
    const portal = await startPortal()
    const proxy = await withRegistryFaults(portal.url, [conflict, conflict, conflict, conflict])
    const sdk = await startSdk(proxy.url)
    await sdk.storage.appendMessage('one', user('first'))
    proxy.arm()
    const failing = sdk.storage.appendMessage('one', user('second'))
    await expect(failing).rejects.toThrow(RevisionConflictError)
    await expect(failing).rejects.toMatchObject({ code: 'REVISION_CONFLICT', retryable: true })
    await sdk.storage.appendMessage('one', user('third'))
    expect(await textsOf(sdk, 'one')).toEqual(['first', 'third'])
  })
})

describe('A portal that does not answer', () => {
  it('is unreachable, not an empty conversation, and nothing is written', async () => {
    const portal = await startPortal()
    let isDown = false
    const proxy = closeAfterTest(
      await startFaultProxy(portal.url, () =>
        isDown ? { kind: 'answer', status: 503, body: '' } : { kind: 'none' },
      ),
    )
    const seedPhrase = generateSeedPhrase()
    const sdk = await startSdk(proxy.url, seedPhrase)
    await sdk.storage.appendMessage('one', user('first'))
    const fresh = await startSdk(proxy.url, seedPhrase)
    isDown = true
    await expect(fresh.storage.loadConversation('one')).rejects.toThrow(StoreUnavailableError)
    await expect(fresh.storage.listConversations()).rejects.toThrow(StoreUnavailableError)
    await expect(fresh.storage.appendMessage('one', user('lost?'))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      retryable: true,
    })
    isDown = false
    expect(await textsOf(fresh, 'one')).toEqual(['first'])
    await fresh.storage.appendMessage('one', user('second'))
    expect(await textsOf(sdk, 'one')).toEqual(['first', 'second'])
  })

  it('for one blob makes a load fail, never a conversation look empty', async () => {
    const portal = await startPortal()
    const seedPhrase = generateSeedPhrase()
    const writer = await startSdk(portal.url, seedPhrase)
    await writer.storage.appendMessage('one', user('first'))
    let isAway = false
    const proxy = closeAfterTest(
      await startFaultProxy(portal.url, ({ path }) =>
        isAway && path.startsWith('/s5/blob/')
          ? { kind: 'answer', status: 404, body: '{}' }
          : { kind: 'none' },
      ),
    )
    const reader = await startSdk(proxy.url, seedPhrase)
    isAway = true
    await expect(reader.storage.loadConversation('one')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    await expect(reader.storage.appendMessage('one', user('second'))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    })
    isAway = false
    expect(await textsOf(reader, 'one')).toEqual(['first'])
  })
})
