import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { decodeDagCbor } from '../../src/conversation/codec'
import { readRecord } from '../../src/crypto/envelope'
import { KeyRing } from '../../src/crypto/keys'
import { generateSeedPhrase, type Sdk, type VersionInfo } from '../../src/index'
import { closeAfterTest, startPortal, startSdk, user } from '../support/fixture'
import { startMemoryDevice } from '../support/memory-devices'
import { MemoryNetwork } from '../support/memory-network'

const HOUR_MS = 3_600_000
const START = Date.UTC(2030, 0, 1)

async function versionsOf(sdk: Sdk, id: string): Promise<VersionInfo[]> {
  const versions: VersionInfo[] = []
  for await (const version of sdk.storage.listVersions(id)) versions.push(version)
  return versions
}

async function textsAt(sdk: Sdk, id: string, version: number): Promise<unknown[]> {
  const conversation = await sdk.storage.loadConversation(id, { version })
  return (conversation?.messages ?? []).map(({ content }) => content)
}

async function countHeads(network: MemoryNetwork, id: string): Promise<number> {
  const key = new KeyRing(new Uint8Array(16)).conversationKeys(id, 0).recordKey('head', 'head')
  const opened = [...network.blobs.values()].map((blob) =>
    readRecord('head', blob, key).catch(() => undefined),
  )
  return (await Promise.all(opened)).filter((record) => record !== undefined).length
}

function countSegments(network: MemoryNetwork): number {
  const kinds = [...network.blobs.values()].map((blob) => (decodeDagCbor(blob) as { kind: string }).kind)
  return kinds.filter((kind) => kind === 'segment').length
}

async function openDevice(network: MemoryNetwork): Promise<Sdk> {
  const { sdk } = await startMemoryDevice(network)
  return closeAfterTest(sdk)
}

describe('The versions of a conversation', () => {
  it('of the last day can all be loaded, each with what it said, on any device', async () => {
    const portal = await startPortal()
    const seedPhrase = generateSeedPhrase()
    const writer = await startSdk(portal.url, seedPhrase)
    const cids: string[] = []
    for (let i = 1; i <= 40; i += 1) {
      const { cid } = await writer.storage.appendMessage('one', user(`message ${i} ${'x'.repeat(400)}`))
      cids.unshift(cid)
    }
    const reader = await startSdk(portal.url, seedPhrase)
    const versions = await versionsOf(reader, 'one')
    expect(versions.map(({ version }) => version)).toEqual(Array.from({ length: 40 }, (_, i) => 40 - i))
    expect(versions.map(({ messageCount }) => messageCount)).toEqual(
      Array.from({ length: 40 }, (_, i) => 40 - i),
    )
    expect(new Set(versions.map(({ cid }) => cid)).size).toBe(40)
    for (const version of [1, 13, 39, 40]) {
      const old = await reader.storage.loadConversation('one', { version })
      expect([old?.version, old?.messages.length]).toEqual([version, version])
    }
    await expect(reader.storage.loadConversation('one', { version: 41 })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      path: 'options.version',
    })
  })

  it('stop being read when their reader stops', async () => {
    const portal = await startPortal()
    const sdk = await startSdk(portal.url)
    for (let i = 0; i < 20; i += 1) await sdk.storage.appendMessage('one', user(`${i}`))
    const before = sdk.storage.getStats().requests
    for await (const { version } of sdk.storage.listVersions('one')) if (version === 18) break
    expect(sdk.storage.getStats().requests - before).toBeLessThanOrEqual(5)
  })

  it('are none of a conversation that never was, or was deleted', async () => {
    const sdk = await startSdk((await startPortal()).url)
    expect(await versionsOf(sdk, 'never')).toEqual([])
    await sdk.storage.appendMessage('gone', user('x'))
    await sdk.storage.deleteConversation('gone')
    expect(await versionsOf(sdk, 'gone')).toEqual([])
  })

  it('are there on both sides of two histories that were united', async () => {
    const network = new MemoryNetwork()
    const one = await openDevice(network)
    await one.storage.appendMessage('one', user('common'))
    const other = await openDevice(network)
    await other.storage.loadConversation('one')
    const saved = new Map(network.pointers)
    await one.storage.appendMessage('one', user('left'))
    for (const [name, pointer] of saved) network.pointers.set(name, pointer)
    await other.storage.appendMessage('one', user('right'))
    await one.storage.loadConversation('one')
    await one.storage.appendMessage('one', user('both'))
    const versions = await versionsOf(one, 'one')
    expect(versions.map(({ version, kept }) => [version, kept])).toEqual([
      [3, true],
      [2, true],
      [2, true],
      [1, false],
    ])
    expect(await textsAt(one, 'one', 1)).toEqual(['common'])
  })
})

describe('Of old versions', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: START })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('the last of each hour stays, and the one before an overwrite; the rest is forgotten after a day', async () => {
    const network = new MemoryNetwork()
    const sdk = await openDevice(network)
    for (let hour = 0; hour < 4; hour += 1) {
      for (let i = 0; i < 6; i += 1) {
        vi.setSystemTime(START + hour * HOUR_MS + i * 60_000)
        await sdk.storage.appendMessage('one', user(`hour ${hour} message ${i} ${'x'.repeat(900)}`))
      }
    }
    await sdk.saveConversation(
      { id: 'one', messages: [{ id: 'only', ...user('all is new') }] },
      { overwrite: true },
    )
    const all = (await versionsOf(sdk, 'one')).map(({ version }) => version)
    expect(all).toEqual(Array.from({ length: 25 }, (_, i) => 25 - i))
    const blobs = network.blobs.size
    vi.setSystemTime(START + 40 * HOUR_MS)
    await sdk.storage.appendMessage('one', user('two days later'))
    await sdk.close()
    const reader = await openDevice(network)
    const versions = await versionsOf(reader, 'one')
    expect(versions.map(({ version, kept }) => [version, kept])).toEqual([
      [26, true],
      [25, true],
      [24, true],
      [18, true],
      [12, true],
      [6, true],
    ])
    expect(network.blobs.size).toBeLessThan(blobs)
    for (const { version, messageCount } of versions) {
      expect(await textsAt(reader, 'one', version)).toHaveLength(messageCount)
    }
    expect(await textsAt(reader, 'one', 26)).toEqual(['all is new', 'two days later'])
    await expect(reader.storage.loadConversation('one', { version: 17 })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
  })

  it('at most two dozen stay, the oldest and the newest among them, over a thousand hours', async () => {
    const network = new MemoryNetwork()
    const sdk = await openDevice(network)
    for (let hour = 0; hour < 100; hour += 1) {
      vi.setSystemTime(START + hour * 10 * HOUR_MS)
      await sdk.storage.appendMessage('one', user(`hour ${hour}`))
    }
    await sdk.close()
    const reader = await openDevice(network)
    const versions = await versionsOf(reader, 'one')
    const kept = versions.filter((version) => version.kept).map(({ version }) => version)
    expect(kept).toHaveLength(25)
    expect(kept.slice(0, 9)).toEqual([100, 99, 98, 97, 96, 95, 94, 93, 92])
    expect(kept.at(-1)).toBe(1)
    for (const version of kept) expect(await textsAt(reader, 'one', version)).toHaveLength(version)
    expect(network.blobs.size).toBeLessThan(60)
  })

  it('none is left of a deleted conversation', async () => {
    const network = new MemoryNetwork()
    const sdk = await openDevice(network)
    await sdk.storage.appendMessage('kept', user('kept'))
    for (let i = 0; i < 30; i += 1) {
      vi.setSystemTime(START + i * HOUR_MS)
      await sdk.storage.appendMessage('doomed', user(`message ${i} ${'x'.repeat(500)}`))
    }
    expect(await countHeads(network, 'doomed')).toBeGreaterThanOrEqual(24)
    expect(countSegments(network)).toBeGreaterThan(3)
    await sdk.storage.deleteConversation('doomed')
    await sdk.close()
    expect(await countHeads(network, 'doomed')).toBe(1)
    expect(countSegments(network)).toBe(0)
    const reader = await openDevice(network)
    expect(await textsAt(reader, 'kept', 1)).toEqual(['kept'])
  })
})
