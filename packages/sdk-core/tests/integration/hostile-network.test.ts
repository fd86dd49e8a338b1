import { describe, expect, it } from 'vitest'
import { decodeDagCbor, encodeDagCbor } from '../../src/conversation/codec'
import { decodeHead, encodeHead } from '../../src/conversation/head'
import { CATALOG_ID } from '../../src/conversation/summary'
import { readRecord, writeRecord } from '../../src/crypto/envelope'
import { createSdk, generateSeedPhrase, InvalidInputError } from '../../src/index'
import { MemoryBackend, MemoryConversationStore } from '../../src/testing/index'
import { type Fault, startFaultProxy } from '../support/fault-proxy'
import { closeAfterTest, startPortal, startSdk, textsOf, user } from '../support/fixture'
import { connectRaw } from '../support/raw-network'

const SALT = new Uint8Array(16)

async function start() {
  const portal = await startPortal()
  const seedPhrase = generateSeedPhrase()
  return { portal, seedPhrase, sdk: await startSdk(portal.url, seedPhrase) }
}

function schemeOf(blob: Uint8Array): unknown {
  return (decodeDagCbor(blob) as { scheme: unknown }).scheme
}

describe('On the portal', () => {
  it('a conversation is sealed by default, a plain one only on purpose, and stays as it is', async () => {
    const { portal, seedPhrase, sdk } = await start()
    await sdk.storage.appendMessage('sealed', user('for me alone'))
    await sdk.storage.saveConversationPlaintext({ id: 'plain', messages: [user('for all')] })
    await sdk.storage.appendMessage('plain', user('still for all'))
    const raw = await connectRaw(portal.url, seedPhrase)
    expect(schemeOf(await raw.readHead('sealed'))).toBe('xsalsa20-poly1305')
    expect(schemeOf(await raw.readHead('plain'))).toBe('plain')
    expect(schemeOf(await raw.readHead(CATALOG_ID))).toBe('xsalsa20-poly1305')
  })

  it('a conversation changes its scheme only by a call that says so, as a whole', async () => {
    const { portal, seedPhrase, sdk } = await start()
    const long = Array.from({ length: 40 }, (_, i) => user(`${i} ${'x'.repeat(1000)}`))
    await sdk.storage.appendMessages('one', long)
    const raw = await connectRaw(portal.url, seedPhrase)
    const schemes: unknown[] = []
    for (const encrypt of [false, true]) {
      await sdk.storage.appendMessage('one', user('more'), { encrypt })
      schemes.push(schemeOf(await raw.readHead('one')))
      const other = await startSdk(portal.url, seedPhrase)
      expect(await textsOf(other, 'one')).toHaveLength(encrypt ? 42 : 41)
      const { items } = await other.storage.listConversations()
      expect(items).toMatchObject([{ encrypted: encrypt }])
    }
    expect(schemes).toEqual(['plain', 'xsalsa20-poly1305'])
  })
})

describe('A plain record in the place of a sealed one', () => {
  it('is CORRUPT_RECORD, whoever signed it, and is not built upon', async () => {
    const { portal, seedPhrase, sdk } = await start()
    await sdk.storage.appendMessage('one', user('sealed'))
    const raw = await connectRaw(portal.url, seedPhrase)
    const key = raw.keyRing.conversationKeys('one', 0).recordKey('head', 'head')
    const { payload } = await readRecord('head', await raw.readHead('one'), key)
    await raw.publish('one', await writeRecord('head', payload, 'plain', key))
    const fresh = await startSdk(portal.url, seedPhrase)
    for (const device of [sdk, fresh]) {
      await expect(device.storage.loadConversation('one')).rejects.toMatchObject({ code: 'CORRUPT_RECORD' })
      await expect(device.storage.appendMessage('one', user('more'))).rejects.toMatchObject({
        code: 'CORRUPT_RECORD',
      })
    }
  })
})

describe('A head that does not fit its place', () => {
  const damage: [string, string, (payload: Uint8Array) => Uint8Array][] = [
    ['cut short', 'CORRUPT_RECORD', (payload) => payload.subarray(0, payload.length - 9)],
    [
      'with a negative version',
      'CORRUPT_RECORD',
      (payload) => encodeHead({ ...decodeHead(payload, 'one'), version: -1 }, SALT),
    ],
    [
      'with a fractional version',
      'CORRUPT_RECORD',
      (payload) => encodeHead({ ...decodeHead(payload, 'one'), version: 1.5 }, SALT),
    ],
    [
      'of another conversation',
      'CORRUPT_RECORD',
      (payload) => encodeHead({ ...decodeHead(payload, 'one'), id: 'two' }, SALT),
    ],
    ['that is no head', 'CORRUPT_RECORD', () => encodeDagCbor(['hello'])],
  ]

  it.each(damage)('%s is %s, and the next call for another conversation works', async (_, code, change) => {
    const { portal, seedPhrase, sdk } = await start()
    await sdk.storage.appendMessage('one', user('first'))
    const raw = await connectRaw(portal.url, seedPhrase)
    const key = raw.keyRing.conversationKeys('one', 0).recordKey('head', 'head')
    const { payload } = await readRecord('head', await raw.readHead('one'), key)
    await raw.publish('one', await writeRecord('head', change(payload), 'xsalsa20-poly1305', key))
    await expect(sdk.storage.loadConversation('one')).rejects.toMatchObject({ code })
    await expect(sdk.storage.appendMessage('two', user('fine'))).resolves.toMatchObject({ version: 1 })
  })

  it('sealed with another key is DECRYPTION_FAILED', async () => {
    const { portal, seedPhrase, sdk } = await start()
    await sdk.storage.appendMessage('one', user('first'))
    const raw = await connectRaw(portal.url, seedPhrase)
    const foreign = await writeRecord('head', encodeDagCbor({}), 'xsalsa20-poly1305', new Uint8Array(32))
    await raw.publish('one', foreign)
    await expect(sdk.storage.loadConversation('one')).rejects.toMatchObject({ code: 'DECRYPTION_FAILED' })
  })

  it('of a newer format is UNSUPPORTED_FORMAT', async () => {
    const { portal, seedPhrase, sdk } = await start()
    await sdk.storage.appendMessage('one', user('first'))
    const raw = await connectRaw(portal.url, seedPhrase)
    const envelope = decodeDagCbor(await raw.readHead('one')) as { [key: string]: string }
    await raw.publish('one', encodeDagCbor({ ...envelope, format: 99 }))
    await expect(sdk.storage.appendMessage('one', user('more'))).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
    })
  })
})

describe('A portal that lies', () => {
  it('about the bytes of a blob is caught', async () => {
    const { portal, seedPhrase, sdk } = await start()
    await sdk.storage.appendMessage('one', user('first'))
    let lie: Fault = { kind: 'none' }
    const choose = ({ path }: { path: string }) =>
      path.startsWith('/s5/blob/') ? lie : { kind: 'none' as const }
    const proxy = closeAfterTest(await startFaultProxy(portal.url, choose))
    const reader = await startSdk(proxy.url, seedPhrase)
    lie = { kind: 'answer', status: 200, body: 'other bytes' }
    await expect(reader.storage.loadConversation('one')).rejects.toMatchObject({ code: 'CORRUPT_RECORD' })
    lie = { kind: 'none' }
    expect(await textsOf(reader, 'one')).toEqual(['first'])
  })

  it('by serving an older entry takes no acknowledged message away, and is healed by the next save', async () => {
    const { portal, seedPhrase, sdk } = await start()
    await sdk.storage.appendMessage('one', user('first'))
    let stale: string | undefined
    const choose = ({ method, path }: { method: string; path: string }): Fault =>
      stale !== undefined && method === 'GET' && path === '/s5/registry'
        ? { kind: 'answer', status: 200, body: stale }
        : { kind: 'none' }
    const proxy = closeAfterTest(await startFaultProxy(portal.url, choose))
    const device = await startSdk(proxy.url, seedPhrase)
    const pk = await registryKeyOf(portal.url, seedPhrase, 'one')
    const old = await (await fetch(`${portal.url}/s5/registry?pk=${pk}`)).text()
    await device.storage.appendMessage('one', user('second'))
    stale = old
    expect(await textsOf(device, 'one')).toEqual(['first', 'second'])
    stale = undefined
    await device.storage.appendMessage('one', user('third'))
    expect(await textsOf(sdk, 'one')).toEqual(['first', 'second', 'third'])
  })

  it('by answering 404 for an entry it had takes nothing away either', async () => {
    const { portal, seedPhrase } = await start()
    let isForgotten = false
    const choose = ({ method, path }: { method: string; path: string }): Fault =>
      isForgotten && method === 'GET' && path === '/s5/registry'
        ? { kind: 'answer', status: 404, body: '{}' }
        : { kind: 'none' }
    const proxy = closeAfterTest(await startFaultProxy(portal.url, choose))
    const device = await startSdk(proxy.url, seedPhrase)
    await device.storage.appendMessage('one', user('first'))
    isForgotten = true
    expect(await textsOf(device, 'one')).toEqual(['first'])
    const { items } = await device.storage.listConversations()
    expect(items).toHaveLength(1)
  })
})

async function registryKeyOf(portal: string, seedPhrase: string, id: string): Promise<string> {
  const written: string[] = []
  const proxy = closeAfterTest(
    await startFaultProxy(portal, ({ method, path, body }) => {
      if (method === 'POST' && path === '/s5/registry') written.push(JSON.parse(body.toString()).pk)
      return { kind: 'none' }
    }),
  )
  const raw = await connectRaw(proxy.url, seedPhrase)
  await raw.publish(id, await raw.readHead(id))
  return written.at(-1) ?? ''
}

describe('createSdk', () => {
  it.each([
    ['no portal', { portals: [] }, 'portals'],
    ['a portal that is no URL', { portals: ['localhost:5522'] }, 'portals[0]'],
    ['a phrase of fourteen words', { seedPhrase: 'abandon '.repeat(14) }, 'seedPhrase'],
    ['an option that is none', { writeQuorom: 1 }, 'options.writeQuorom'],
    ['a phrase that is no text', { seedPhrase: 7 as unknown as string }, 'seedPhrase'],
  ])('with %s is INVALID_INPUT', async (_, wrong, path) => {
    const { portal, seedPhrase } = await start()
    const creation = createSdk({ portals: [portal.url], seedPhrase, ...wrong })
    await expect(creation).rejects.toThrow(InvalidInputError)
    await expect(creation).rejects.toMatchObject({ path })
  })

  it('on a store takes no options that a store does not have', async () => {
    const store = new MemoryConversationStore(new MemoryBackend())
    const creation = createSdk({ store, seedPhrase: generateSeedPhrase() })
    await expect(creation).rejects.toMatchObject({ code: 'INVALID_INPUT', path: 'options.seedPhrase' })
  })

  it('says which word of a phrase is wrong, and repeats none', async () => {
    const { portal, seedPhrase } = await start()
    const words = seedPhrase.split(' ')
    const typo = words.with(4, 'xyzzy').join(' ')
    const failure = await createSdk({ portals: [portal.url], seedPhrase: typo }).catch(
      (error: Error) => error,
    )
    expect(failure).toMatchObject({ code: 'INVALID_INPUT', message: expect.stringMatching(/word 5/i) })
    for (const word of words) expect((failure as Error).message.split(/\W+/)).not.toContain(word)
  })

  it('on a portal that is not there is STORE_UNAVAILABLE', async () => {
    const seedPhrase = generateSeedPhrase()
    await expect(createSdk({ portals: ['http://127.0.0.1:9'], seedPhrase })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      retryable: true,
    })
  })
})
