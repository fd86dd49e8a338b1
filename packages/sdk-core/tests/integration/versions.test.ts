import { describe, expect, it } from 'vitest'
import {
  type Conversation,
  generateSeedPhrase,
  IdempotencyKeyReusedError,
  InvalidInputError,
  type Sdk,
  VersionConflictError,
} from '../../src/index'
import { startPortal, startSdk, textsOf, user } from '../support/fixture'

async function startDevices(): Promise<{ a: Sdk; b: Sdk; another: () => Promise<Sdk> }> {
  const portal = await startPortal()
  const seedPhrase = generateSeedPhrase()
  const another = () => startSdk(portal.url, seedPhrase)
  return { a: await another(), b: await another(), another }
}

const one = (...texts: string[]) => ({
  id: 'one',
  messages: texts.map((text, i) => ({ id: `m${i}`, ...user(text) })),
})

async function appendMany(
  sdk: Sdk,
  count: number,
  options: (i: number) => object = () => ({}),
): Promise<void> {
  for (let i = 0; i < count; i += 1) await sdk.storage.appendMessage('one', user(`other ${i}`), options(i))
}

describe('An expected version', () => {
  it('that is current is accepted, and saving twice makes two versions', async () => {
    const { a } = await startDevices()
    const first = await a.storage.saveConversationWithVersion(one('x'), { expectedVersion: 0 })
    const second = await a.storage.saveConversationWithVersion(one('x', 'y'), {
      expectedVersion: first.version,
    })
    expect([first.version, second.version]).toEqual([1, 2])
  })

  it('that is stale is refused with what is stored and what is missing, and nothing is written', async () => {
    const { a, b } = await startDevices()
    await a.saveConversation(one('x'))
    await b.storage.appendMessage('one', { id: 'theirs', ...user('theirs') })
    const failure = await a
      .saveConversation(one('x', 'mine'), { expectedVersion: 1 })
      .catch((error: VersionConflictError<Conversation>) => error)
    expect(failure).toBeInstanceOf(VersionConflictError)
    expect(failure).toMatchObject({
      code: 'PERSISTENCE_CONFLICT',
      retryable: false,
      expectedVersion: 1,
      actualVersion: 2,
      theirs: { version: 2, messages: [{ id: 'm0' }, { id: 'theirs' }] },
      missing: [{ id: 'theirs', content: 'theirs' }],
    })
    expect((failure as VersionConflictError).userMessage).not.toContain('one')
    expect(await textsOf(b, 'one')).toEqual(['x', 'theirs'])
  })

  it('that is ahead of what this device knows makes it look', async () => {
    const { a, b } = await startDevices()
    await a.saveConversation(one('x'))
    const { version } = await b.storage.appendMessage('one', user('theirs'))
    await expect(a.saveConversation(one('x', 'mine'), { expectedVersion: version })).resolves.toMatchObject({
      version: 3,
    })
  })

  it('of any number is accepted for a conversation that does not exist', async () => {
    const { a } = await startDevices()
    await expect(a.saveConversation(one('x'), { expectedVersion: 17 })).resolves.toMatchObject({ version: 1 })
  })

  it('shared by two callers at once lets one of them win, on one device and on two', async () => {
    const { a, b } = await startDevices()
    await a.saveConversation(one('x'))
    await b.storage.loadConversation('one')
    const options = { expectedVersion: 1 }
    const outcomes = await Promise.allSettled([
      a.saveConversation({ id: 'one', messages: [{ id: 'p', ...user('p') }] }, options),
      a.saveConversation({ id: 'one', messages: [{ id: 'q', ...user('q') }] }, options),
      b.saveConversation({ id: 'one', messages: [{ id: 'r', ...user('r') }] }, options),
    ])
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(VersionConflictError)
    }
    expect(await textsOf(b, 'one')).toHaveLength(2)
  })

  it.each([-1, 1.5, Number.NaN, '1', null])('is never %j', async (expectedVersion) => {
    const { a } = await startDevices()
    const saving = a.saveConversation(one('x'), { expectedVersion: expectedVersion as number })
    await expect(saving).rejects.toThrow(InvalidInputError)
  })

  it('still holds after segments were compacted, which changes nothing that anybody sees', async () => {
    const { a, b } = await startDevices()
    for (let i = 0; i < 60; i += 1) await a.storage.appendMessage('one', user(`${i} ${'x'.repeat(900)}`))
    const loaded = await b.storage.loadConversation('one')
    await expect(
      b.saveConversation({ id: 'one', messages: [user('more')] }, { expectedVersion: loaded?.version ?? 0 }),
    ).resolves.toMatchObject({ version: 61 })
  })
})

describe('An idempotency key', () => {
  it('gives the first outcome again, at once and on the same device', async () => {
    const { a } = await startDevices()
    const call = () => a.storage.appendMessage('one', user('x'), { idempotencyKey: 'k' })
    const [first, second] = await Promise.all([call(), call()])
    const third = await call()
    expect(first.outcome).toBe('COMMITTED')
    for (const replay of [second, third]) {
      expect(replay).toEqual({ ...first, outcome: 'PERSISTENCE_IDEMPOTENT_REPLAY' })
    }
    expect(await textsOf(a, 'one')).toEqual(['x'])
  })

  it('gives it from another device, after any number of other commits', async () => {
    const { a, b, another } = await startDevices()
    const call = (sdk: Sdk) =>
      sdk.storage.appendMessages('one', [user('x'), user('y')], { idempotencyKey: 'k' })
    await a.storage.appendMessage('one', user('before'))
    const first = await call(a)
    await appendMany(b, 65, (i) => ({ idempotencyKey: `other ${i}` }))
    const replay = await call(await another())
    expect(replay).toMatchObject({
      version: first.version,
      messageIds: first.messageIds,
      outcome: 'PERSISTENCE_IDEMPOTENT_REPLAY',
    })
    expect(await textsOf(b, 'one')).toHaveLength(68)
  })

  it('with other input is refused, in the same process, in another, and after its receipt is gone', async () => {
    const { a, b, another } = await startDevices()
    const call = (sdk: Sdk, text: string) =>
      sdk.storage.appendMessage('one', user(text), { idempotencyKey: 'k' })
    await call(a, 'x')
    await expect(call(a, 'y')).rejects.toThrow(IdempotencyKeyReusedError)
    await expect(call(b, 'y')).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
    await appendMany(b, 40, (i) => ({ idempotencyKey: `other ${i}` }))
    await expect(call(await another(), 'y')).rejects.toThrow(IdempotencyKeyReusedError)
    expect(await textsOf(a, 'one')).toHaveLength(41)
  })

  it('that is new finds messages of any age by the ids that the caller gave', async () => {
    const { a, another } = await startDevices()
    const message = { id: 'mine', ...user('mine') }
    await a.storage.appendMessage('one', message)
    for (let i = 0; i < 12; i += 1) await a.storage.appendMessage('one', user(`${i} ${'x'.repeat(2000)}`))
    const { version = 0 } = (await a.storage.loadConversation('one')) ?? {}
    const fresh = await another()
    await fresh.storage.appendMessage('one', message, { idempotencyKey: 'new', expectedVersion: version })
    const texts = await textsOf(a, 'one')
    expect(texts).toHaveLength(13)
    expect(texts[0]).toBe('mine')
  })

  it('of a whole save gives the first outcome though others wrote since', async () => {
    const { a, b } = await startDevices()
    const options = { expectedVersion: 0, idempotencyKey: 'k' }
    const first = await a.storage.saveConversationWithVersion(one('x'), options)
    await b.storage.appendMessage('one', user('y'))
    const replay = await b.storage.saveConversationWithVersion(one('x'), options)
    expect(replay).toMatchObject({ version: first.version, outcome: 'PERSISTENCE_IDEMPOTENT_REPLAY' })
    expect(await textsOf(a, 'one')).toEqual(['x', 'y'])
  })
})

describe('An append whose answer was lost, replayed after 65 other commits', () => {
  it('is there once', async () => {
    const { a, b, another } = await startDevices()
    const message = { id: 'mine', ...user('mine') }
    await a.storage.appendMessage('one', message)
    await appendMany(b, 65)
    const restarted = await another()
    await expect(restarted.storage.appendMessage('one', message)).resolves.toMatchObject({ version: 1 })
    const texts = await textsOf(restarted, 'one')
    expect(texts).toHaveLength(66)
    expect(texts.filter((text) => text === 'mine')).toHaveLength(1)
  })
})

describe('An overwrite', () => {
  it('takes away what it does not name, and keeps the version before', async () => {
    const { a, b } = await startDevices()
    await a.saveConversation({ ...one('x', 'y', 'z'), title: 'Old', metadata: { k: 1, l: 2 } })
    const result = await a.saveConversation({ ...one('X', 'y'), metadata: { l: 3 } }, { overwrite: true })
    expect(result.version).toBe(2)
    expect(await b.storage.loadConversation('one')).toMatchObject({
      messageCount: 2,
      metadata: { l: 3 },
      title: 'Old',
    })
    expect(await textsOf(b, 'one')).toEqual(['X', 'y'])
    expect((await b.storage.loadConversation('one'))?.metadata).toEqual({ l: 3 })
  })

  it('decided on an older version is refused: it removes nothing that came later', async () => {
    const { a, b } = await startDevices()
    await a.saveConversation(one('x', 'y'))
    await b.storage.appendMessage('one', user('later'))
    await expect(a.saveConversation(one('x'), { overwrite: true })).rejects.toThrow(VersionConflictError)
    expect(await textsOf(b, 'one')).toEqual(['x', 'y', 'later'])
  })

  it('replayed after later appends removes nothing', async () => {
    const { a, b } = await startDevices()
    await a.saveConversation(one('x', 'y'))
    const overwrite = () => a.saveConversation(one('x'), { overwrite: true, idempotencyKey: 'k' })
    await overwrite()
    await b.storage.appendMessage('one', user('later'))
    await expect(overwrite()).resolves.toMatchObject({ version: 2, outcome: 'PERSISTENCE_IDEMPOTENT_REPLAY' })
    expect(await textsOf(b, 'one')).toEqual(['x', 'later'])
  })

  it('is not an option of an append', async () => {
    const { a } = await startDevices()
    const options = { overwrite: true } as object
    await expect(a.storage.appendMessage('one', user('x'), options)).rejects.toThrow(InvalidInputError)
  })
})

describe('A single message', () => {
  it('is edited in its place, for every device', async () => {
    const { a, b } = await startDevices()
    await a.saveConversation(one('x', 'y', 'z'))
    await b.storage.editMessage('one', 'm1', [{ type: 'text', text: 'Y' }])
    const messages = (await a.storage.loadConversation('one'))?.messages ?? []
    expect(messages.map(({ id }) => id)).toEqual(['m0', 'm1', 'm2'])
    expect(messages[1]).toMatchObject({ role: 'user', content: [{ type: 'text', text: 'Y' }] })
    expect(messages[1]?.editedAt).toBeGreaterThan(0)
  })

  it('that was deleted stays away, whatever old copy is saved', async () => {
    const { a, b, another } = await startDevices()
    await a.saveConversation(one('x', 'y'))
    await b.storage.deleteMessage('one', 'm0')
    await expect(b.storage.deleteMessage('one', 'm0')).resolves.toMatchObject({
      outcome: 'PERSISTENCE_IDEMPOTENT_REPLAY',
    })
    const result = await a.saveConversation(one('x', 'y'))
    expect(result.ignored).toEqual(['m0'])
    await a.storage.appendMessage('one', { id: 'm0', ...user('x') })
    expect(await textsOf(await another(), 'one')).toEqual(['y'])
    expect((await b.storage.loadConversation('one'))?.messageCount).toBe(1)
  })

  it('that is not there can be neither edited nor deleted', async () => {
    const { a } = await startDevices()
    await expect(a.storage.editMessage('one', 'm0', 'x')).rejects.toThrow(InvalidInputError)
    await a.saveConversation(one('x'))
    await expect(a.storage.editMessage('one', 'nobody', 'x')).rejects.toThrow(InvalidInputError)
    await expect(a.storage.deleteMessage('one', 'nobody')).rejects.toThrow(InvalidInputError)
    await expect(a.storage.editMessage('one', 'm0', '')).rejects.toThrow(InvalidInputError)
    expect(await textsOf(a, 'one')).toEqual(['x'])
  })
})

describe('Title and metadata', () => {
  it('are updated field by field, from two devices at once', async () => {
    const { a, b } = await startDevices()
    await a.saveConversation({ ...one('x'), title: 'Old', metadata: { p: 1, q: 1 } })
    await Promise.all([
      a.storage.updateConversation('one', { title: 'New' }),
      b.storage.updateConversation('one', { metadata: { p: 2 } }),
    ])
    expect(await a.storage.loadConversation('one')).toMatchObject({ title: 'New', metadata: { p: 2, q: 1 } })
  })

  it('of a conversation that does not exist are refused', async () => {
    const { a } = await startDevices()
    await expect(a.storage.updateConversation('one', { title: 'x' })).rejects.toThrow(InvalidInputError)
    expect(await a.storage.loadConversation('one')).toBeUndefined()
    expect(await a.storage.listConversations()).toEqual({ items: [] })
  })

  it('set by a device whose clock is a year ahead can still be changed', async () => {
    const { a, b } = await startDevices()
    const future = Date.now() + 365 * 24 * 3600 * 1000
    await a.saveConversation({
      id: 'one',
      messages: [{ id: 'm0', ...user('x'), createdAt: future, editedAt: future }],
    })
    await b.storage.editMessage('one', 'm0', 'y')
    await b.storage.appendMessage('one', user('z'))
    expect(await textsOf(a, 'one')).toEqual(['y', 'z'])
  })
})

describe('A batch', () => {
  it('lets a change that is wrong fail alone', async () => {
    const { a, b } = await startDevices()
    await a.storage.appendMessage('one', { id: 'taken', ...user('taken') })
    const outcomes = await Promise.allSettled([
      a.storage.appendMessage('one', user('p')),
      a.storage.appendMessage('one', { id: 'taken', ...user('other') }),
      a.storage.editMessage('one', 'nobody', 'x'),
      a.storage.appendMessage('one', user('q')),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
    expect(await textsOf(b, 'one')).toEqual(['taken', 'p', 'q'])
  })

  it('goes on for the others when one caller gives up', async () => {
    const { a, b } = await startDevices()
    await a.storage.appendMessage('one', user('first'))
    const controller = new AbortController()
    const calls = ['p', 'q', 'r'].map((text) =>
      a.storage.appendMessage('one', user(text), text === 'q' ? { signal: controller.signal } : {}),
    )
    controller.abort(new Error('changed my mind'))
    const outcomes = await Promise.allSettled(calls)
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(await textsOf(b, 'one')).toEqual(['first', 'p', 'r'])
  })
})

describe('A page', () => {
  it('of the last messages, and those before it, make up the whole', async () => {
    const { a, b } = await startDevices()
    const messages = Array.from({ length: 300 }, (_, i) => ({
      id: `m${i}`,
      ...user(`${i} ${'x'.repeat(300)}`),
    }))
    for (let i = 0; i < 300; i += 30) await a.storage.appendMessages('one', messages.slice(i, i + 30))
    await a.storage.editMessage('one', 'm7', 'edited')
    await a.storage.deleteMessage('one', 'm290')
    const whole = (await b.storage.loadConversation('one'))?.messages ?? []
    const pages: typeof whole = []
    for (let before: string | undefined; ; ) {
      const page = await b.storage.loadConversation('one', {
        limit: 50,
        ...(before === undefined ? {} : { before }),
      })
      if (page === undefined || page.messages.length === 0) break
      expect(page.messageCount).toBe(299)
      pages.unshift(...page.messages)
      before = page.messages[0]?.id
    }
    expect(pages).toEqual(whole)
    expect(whole).toHaveLength(299)
  })

  it.each([0, -1, 1.5, '5'])('has no limit of %j', async (limit) => {
    const { a } = await startDevices()
    await expect(a.storage.loadConversation('one', { limit: limit as number })).rejects.toThrow(
      InvalidInputError,
    )
  })
})
