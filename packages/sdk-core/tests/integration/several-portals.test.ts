import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSdk, generateSeedPhrase } from '../../src/index'
import { closeAfterTest, startPortal, textsOf, user } from '../support/fixture'
import { checkFaults, waitUntilAllHold } from '../support/portal-matrix'
import { FAULTS, startPortalProcesses, Trio } from '../support/trio'

describe('With three portals in processes of their own', () => {
  let started: Awaited<ReturnType<typeof startPortalProcesses>>
  beforeAll(async () => {
    started = await startPortalProcesses()
  })
  afterAll(() => started.close())

  it.each(FAULTS)('one %s, everything works and nothing is lost', async (fault) => {
    await checkFaults(Trio.on(started.portals), [fault])
  })

  it('two emptied, what the third one holds is not taken for absent', async () => {
    await checkFaults(Trio.on(started.portals), ['emptied', 'emptied'])
  })
})

describe('After a partition', () => {
  it('the commit of one side and the two of the other are there, on all portals', async () => {
    const trio = await Trio.start()
    const [a, b] = [await trio.device({ writeQuorum: 1 }), await trio.device({ writeQuorum: 1 })]
    await a.storage.appendMessage('one', user('before'))
    await b.storage.loadConversation('one')
    await waitUntilAllHold(trio, 'one', ['before'])
    const [one, two, three] = trio.portals
    for (const portal of [two, three]) portal?.cutOff(0)
    one?.cutOff(1)
    await a.storage.appendMessage('one', user('by a'))
    await b.storage.appendMessage('one', user('by b, first'))
    await b.storage.appendMessage('one', user('by b, second'))
    await trio.heal()
    const fresh = await trio.device()
    const texts = await textsOf(fresh, 'one')
    expect([...texts].sort()).toEqual(['before', 'by a', 'by b, first', 'by b, second'])
    await waitUntilAllHold(trio, 'one', texts)
    for (const device of [a, b]) expect(await textsOf(device, 'one')).toEqual(texts)
  })

  it('devices that knew only one portal each find what all of them wrote', async () => {
    const trio = await Trio.start()
    const lonely = await Promise.all([0, 1, 2].map((index) => trio.deviceOn([index])))
    await Promise.all(lonely.map((device, i) => device.storage.appendMessage('one', user(`on portal ${i}`))))
    const fresh = await trio.device()
    const texts = await textsOf(fresh, 'one')
    expect([...texts].sort()).toEqual(['on portal 0', 'on portal 1', 'on portal 2'])
    await waitUntilAllHold(trio, 'one', texts)
  })
})

it('A portal that lost its disk, a device that writes to it alone, and one that returns: all of it is kept', async () => {
  const trio = await Trio.start()
  const old = await trio.device()
  const long = Array.from({ length: 12 }, (_, i) => `${i} ${'x'.repeat(900)}`)
  await old.storage.appendMessages('one', long.map(user))
  await trio.portals[0]?.break('emptied')
  const newcomer = await trio.deviceOn([0])
  await newcomer.storage.appendMessage('one', user('by a newcomer'))
  const moves = () => trio.portals[0]?.moves
  const before = moves() ?? 0
  await old.storage.appendMessage('one', user('by the one that returns'))
  await expect.poll(moves).toBeGreaterThan(before)
  const fresh = await trio.device()
  const texts = await textsOf(fresh, 'one')
  expect([...texts].sort()).toEqual([...long, 'by a newcomer', 'by the one that returns'].sort())
  await waitUntilAllHold(trio, 'one', texts)
  expect(await textsOf(newcomer, 'one')).toEqual(texts)
})

it('A save that is left on one portal alone is not passed over by a device that has not seen it', async () => {
  const trio = await Trio.start()
  const [a, b] = [await trio.device(), await trio.device()]
  await b.storage.appendMessage('one', user('first'))
  await waitUntilAllHold(trio, 'one', ['first'])
  trio.portals[1]?.cutOff(0)
  await a.storage.appendMessage('one', user('on two portals'))
  await trio.portals[0]?.break('emptied')
  const later = ['second', 'third', 'fourth']
  for (const text of later) await b.storage.appendMessage('one', user(text))
  await trio.heal()
  const texts = await textsOf(await trio.device(), 'one')
  expect([...texts].sort()).toEqual(['first', 'on two portals', ...later].sort())
})

describe('A save that only a minority of portals took', () => {
  it('is not acknowledged, however often it is tried, and takes that portal no more than one step ahead', async () => {
    const trio = await Trio.start()
    const sdk = await trio.device()
    const { revision } = await sdk.storage.appendMessage('one', user('before'))
    await waitUntilAllHold(trio, 'one', ['before'])
    const others = trio.portals.slice(1)
    for (const portal of others) await portal.break('unmovable')
    const message = { id: 'm', ...user('meanwhile') }
    await expect(sdk.storage.appendMessage('one', message)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      outcome: 'unknown',
    })
    const onTaker = await trio.deviceOn([0])
    const next = await onTaker.storage.appendMessage('one', user('by another'))
    expect(next.revision).toBe(revision + 2)
    await trio.heal()
    await sdk.storage.appendMessage('one', message)
    const texts = await textsOf(sdk, 'one')
    expect([...texts].sort()).toEqual(['before', 'by another', 'meanwhile'])
    await waitUntilAllHold(trio, 'one', texts)
  })
})

describe('A portal that hangs', () => {
  it('costs saves one deadline, is skipped then, and is taken up again when it answers', async () => {
    const trio = await Trio.start()
    const sdk = await trio.device()
    const hanging = trio.portals[0]
    const stats = () => sdk.storage.getStats().portals?.[0]
    await sdk.storage.appendMessage('one', user('before'))
    await hanging?.break('hanging')
    await sdk.storage.appendMessage('one', user('0'))
    await expect.poll(() => stats()?.state, { timeout: 20_000 }).toBe('skipped')
    const unanswered = hanging?.unansweredUploads
    // Enough for segments, which the portal will have to be brought before it gets a head that names them.
    for (let i = 1; i <= 10; i += 1) await sdk.storage.appendMessage('one', user(`${i} ${'x'.repeat(1000)}`))
    expect(hanging?.unansweredUploads).toBe(unanswered)
    await trio.heal()
    await expect.poll(() => stats()?.state, { timeout: 20_000 }).toBe('healthy')
    await sdk.storage.appendMessage('one', user('after'))
    const texts = await textsOf(sdk, 'one')
    expect(texts).toHaveLength(13)
    await waitUntilAllHold(trio, 'one', texts)
    expect(stats()?.repairs).toBeGreaterThan(0)
  })
})

describe('The options', () => {
  it('name each portal once, and a write quorum that there can be', async () => {
    const seedPhrase = generateSeedPhrase()
    const portals = ['http://127.0.0.1:1', 'http://127.0.0.1:2']
    const wrong = [
      { portals: [...portals, 'http://127.0.0.1:1/'], field: 'portals[2]' },
      ...[0, 3, 1.5, '2'].map((writeQuorum) => ({ portals, writeQuorum, field: 'writeQuorum' })),
    ]
    for (const { field, ...options } of wrong) {
      const started = createSdk({ seedPhrase, ...(options as { portals: string[] }) })
      await expect(started).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        message: expect.stringContaining(field),
      })
    }
  })

  it('may ask for all portals: then one that is down makes saving fail, and reading goes on', async () => {
    const trio = await Trio.start()
    const sdk = await trio.device({ writeQuorum: 3 })
    await sdk.storage.appendMessage('one', user('before'))
    await trio.portals[1]?.break('down')
    await expect(sdk.storage.appendMessage('one', user('more'))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    })
    expect(await textsOf(sdk, 'one')).toContain('before')
  })
})

it('Each of three portals gets one upload and one registry write for a save', async () => {
  const portals = await Promise.all([0, 1, 2].map(startPortal))
  const sdk = closeAfterTest(
    await createSdk({ portals: portals.map(({ url }) => url), seedPhrase: generateSeedPhrase() }),
  )
  await sdk.storage.appendMessage('one', user('first'))
  const count = () => portals.map((portal) => portal.stats().requests)
  await expect.poll(() => count().map(({ registryWrite }) => registryWrite)).toEqual([3, 3, 3])
  const before = count()
  await sdk.storage.appendMessage('one', user('second'))
  const more = () =>
    count().map(({ upload, registryWrite, registryRead }, i) => [
      upload - (before[i]?.upload ?? 0),
      registryWrite - (before[i]?.registryWrite ?? 0),
      registryRead - (before[i]?.registryRead ?? 0),
    ])
  await expect.poll(more).toEqual([
    [1, 1, 0],
    [1, 1, 0],
    [1, 1, 0],
  ])
})
