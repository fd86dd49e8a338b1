import { describe, expect, it } from 'vitest'
import {
  type Conversation,
  type ConversationInput,
  generateSeedPhrase,
  IdempotencyKeyReusedError,
  InvalidInputError,
  type Sdk,
} from '../../src/index'
import { startPortal, startSdk, textsOf, user } from '../support/fixture'

async function startDevices(count: number): Promise<Sdk[]> {
  const portal = await startPortal()
  const seedPhrase = generateSeedPhrase()
  return Promise.all(Array.from({ length: count }, () => startSdk(portal.url, seedPhrase)))
}

async function startTwoDevices(): Promise<[Sdk, Sdk]> {
  const [a, b] = await startDevices(2)
  return [a as Sdk, b as Sdk]
}

async function loaded(sdk: Sdk, id = 'one'): Promise<Conversation> {
  const conversation = await sdk.storage.loadConversation(id)
  if (conversation === undefined) throw new Error(`${id} is absent`)
  return conversation
}

const one = (...texts: string[]): ConversationInput => ({
  id: 'one',
  messages: texts.map((text, i) => ({ id: `m${i}`, ...user(text) })),
})

describe('A saved conversation', () => {
  it('comes back on another device with every field as it was', async () => {
    const [a, b] = await startTwoDevices()
    const messages: Conversation['messages'] = [
      { id: 'm1', role: 'system', content: 'Be brief.', createdAt: 1000 },
      {
        id: 'm2',
        role: 'user',
        content: 'Naïve 🦉 "quotes"\n',
        createdAt: 2000,
        metadata: { deep: [1, { x: null }] },
      },
      {
        id: 'm3',
        role: 'assistant',
        createdAt: 3000,
        parentId: 'm2',
        editedAt: 3500,
        content: [
          { type: 'text', text: '' },
          { type: 'tool-call', toolCallId: 'call-1', toolName: 'search', input: '{"q":  "owl"}' },
          { type: 'tool-call', toolName: 'count', input: { n: 1.5, list: [true, null] } },
          { type: 'file', mediaType: 'image/png', data: new Uint8Array([1, 2, 3]), name: 'owl.png' },
        ],
      },
      {
        id: 'm4',
        role: 'tool',
        createdAt: 4000,
        content: [{ type: 'tool-result', toolCallId: 'call-1', toolName: 'search', output: '' }],
      },
    ]
    await a.saveConversation({
      id: 'one',
      title: 'Owls',
      metadata: { tags: ['night'] },
      createdAt: 500,
      messages,
    })
    expect(await loaded(b)).toMatchObject({
      id: 'one',
      title: 'Owls',
      metadata: { tags: ['night'] },
      createdAt: 500,
      version: 1,
      messageCount: 4,
      messages,
    })
    expect((await loaded(b)).messages).toEqual(messages)
  })

  it('that is absent is undefined', async () => {
    const [a] = await startDevices(1)
    expect(await a?.storage.loadConversation('nobody')).toBeUndefined()
    expect(await a?.storage.listConversations()).toEqual({ items: [] })
  })

  it('gains a version and no message when the same object is saved again', async () => {
    const [a] = await startTwoDevices()
    const conversation = { id: 'one', messages: [user('ok'), user('ok')] }
    expect(await a.saveConversation(conversation)).toMatchObject({ version: 1 })
    expect(await a.saveConversation(conversation)).toMatchObject({ version: 2 })
    expect(await textsOf(a, 'one')).toEqual(['ok', 'ok'])
  })

  it('may be changed by the caller without changing what is stored or cached', async () => {
    const [a] = await startTwoDevices()
    const metadata = { list: [1] }
    await a.saveConversation({ ...one('first'), metadata })
    metadata.list.push(2)
    const first = await loaded(a)
    first.messages.splice(0)
    expect(await loaded(a)).toMatchObject({
      metadata: { list: [1] },
      messageCount: 1,
      messages: [{ id: 'm0' }],
    })
  })

  it('is listed with its title, count, version and scheme, the newest first', async () => {
    const [a, b] = await startTwoDevices()
    await a.saveConversation({ ...one('x'), id: 'older', title: 'Older' })
    await a.storage.saveConversationPlaintext({ ...one('x', 'y'), id: 'newer', title: 'Newer' })
    const { items } = await b.storage.listConversations()
    expect(items).toMatchObject([
      { id: 'newer', title: 'Newer', messageCount: 2, version: 1, encrypted: false },
      { id: 'older', title: 'Older', messageCount: 1, version: 1, encrypted: true },
    ])
  })
})

describe('A whole conversation that is saved over a newer one', () => {
  it('drops no message and reverts no edit of another device', async () => {
    const [a, b] = await startTwoDevices()
    await a.saveConversation(one('first', 'second'))
    const theirs = await loaded(b)
    await b.saveConversation({
      ...theirs,
      messages: theirs.messages.map((m) => ({ ...m, content: `${m.content}!` })),
    })
    await b.storage.appendMessage('one', user('third'))
    const result = await a.saveConversation(one('first', 'second'))
    expect(result.ignored).toBeUndefined()
    expect(await textsOf(a, 'one')).toEqual(['first!', 'second!', 'third'])
  })

  it('edits the messages it changed, in their places', async () => {
    const [a, b] = await startTwoDevices()
    await a.saveConversation(one('first', 'second'))
    await b.storage.appendMessage('one', user('third'))
    await a.saveConversation(one('first', 'SECOND'))
    const { messages } = await loaded(b)
    expect(messages.map((message) => message.content)).toEqual(['first', 'SECOND', 'third'])
    expect(messages[1]?.editedAt).toBeGreaterThan(messages[1]?.createdAt ?? Number.POSITIVE_INFINITY)
  })

  it('can edit back and forth', async () => {
    const [a, b] = await startTwoDevices()
    for (const text of ['one', 'two', 'one', 'two', 'one']) await a.saveConversation(one(text))
    expect(await textsOf(b, 'one')).toEqual(['one'])
  })

  it('takes every growing copy of a streamed answer, saved without waiting', async () => {
    const [a, b] = await startTwoDevices()
    const copies = Array.from({ length: 10 }, (_, i) => one('question', 'answer '.repeat(i + 1)))
    await Promise.all(copies.map((copy) => a.saveConversation(copy)))
    expect(await textsOf(b, 'one')).toEqual(['question', 'answer '.repeat(10)])
  })

  it('by a device that never saw it leaves what is stored, and names what it left', async () => {
    const [a, b] = await startTwoDevices()
    await a.saveConversation({ ...one('stored'), title: 'Stored', metadata: { k: 1 } })
    const result = await b.saveConversation({
      ...one('guess', 'new'),
      title: 'Guess',
      metadata: { k: 2, other: 3 },
    })
    expect(result.ignored?.sort()).toEqual(['m0', 'metadata.k', 'title'])
    expect(await loaded(a)).toMatchObject({ title: 'Stored', metadata: { k: 1, other: 3 } })
    expect(await textsOf(a, 'one')).toEqual(['stored', 'new'])
  })

  it('by such a device edits where its editedAt is newer', async () => {
    const [a, b] = await startTwoDevices()
    await a.saveConversation(one('stored'))
    const editedAt = Date.now() + 1000
    await b.saveConversation({ id: 'one', messages: [{ id: 'm0', ...user('edited'), editedAt }] })
    expect((await loaded(a)).messages).toMatchObject([{ content: 'edited', editedAt }])
  })

  it('sets title and metadata field by field', async () => {
    const [a, b] = await startTwoDevices()
    await a.saveConversation({ ...one('x'), title: 'First', metadata: { a: 1, b: 1 } })
    const theirs = await loaded(b)
    await b.saveConversation({ ...theirs, metadata: { ...theirs.metadata, b: 2 } })
    await a.saveConversation({ ...one('x'), title: 'Second', metadata: { a: 3, b: 1 } })
    expect(await loaded(b)).toMatchObject({ title: 'Second', metadata: { a: 3, b: 2 } })
  })
})

describe('An append', () => {
  it('creates the conversation and gives a fresh id to each message', async () => {
    const [a, b] = await startTwoDevices()
    const result = await a.storage.appendMessages('one', [user('same'), user('same')])
    expect(new Set(result.messageIds).size).toBe(2)
    expect((await loaded(b)).messages.map((message) => message.id)).toEqual(result.messageIds)
  })

  it('keeps the order of its messages, whatever their times say', async () => {
    const [a] = await startTwoDevices()
    const times = [5000, 1000, 3000, 3000]
    await a.storage.appendMessages(
      'one',
      times.map((createdAt, i) => ({ ...user(`${i}`), createdAt })),
    )
    await a.storage.appendMessage('one', { ...user('4'), createdAt: 1 })
    expect(await textsOf(a, 'one')).toEqual(['0', '1', '2', '3', '4'])
  })

  it('of an id that is stored with other content is refused, and nothing else of it is written', async () => {
    const [a, b] = await startTwoDevices()
    await a.storage.appendMessage('one', { id: 'm', ...user('first') })
    const messages = [user('beside'), { id: 'm', ...user('other') }]
    await expect(b.storage.appendMessages('one', messages)).rejects.toThrow(IdempotencyKeyReusedError)
    expect(await textsOf(a, 'one')).toEqual(['first'])
  })

  it('replayed after its message was edited leaves the edit', async () => {
    const [a, b] = await startTwoDevices()
    const message = { id: 'm0', ...user('first') }
    await a.storage.appendMessage('one', message)
    await a.saveConversation(one('edited'))
    await expect(b.storage.appendMessage('one', message)).resolves.toMatchObject({
      outcome: 'PERSISTENCE_IDEMPOTENT_REPLAY',
    })
    expect(await textsOf(b, 'one')).toEqual(['edited'])
  })

  it.each([
    ['no conversation id', '', [user('x')]],
    ['no messages', 'one', []],
    ['a message without content', 'one', [user('')]],
  ])('with %s is INVALID_INPUT, and the next call works', async (_, id, messages) => {
    const [a] = await startTwoDevices()
    await expect(a.storage.appendMessages(id, messages)).rejects.toThrow(InvalidInputError)
    await expect(a.storage.appendMessage('one', user('fine'))).resolves.toMatchObject({ version: 1 })
  })

  it('with an option that does not exist is INVALID_INPUT, not a save without it', async () => {
    const [a] = await startTwoDevices()
    const options = { expectedVersoin: 1 } as object
    await expect(a.storage.appendMessage('one', user('x'), options)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
  })

  it('that is aborted before its turn rejects with the reason and writes nothing', async () => {
    const [a] = await startTwoDevices()
    const controller = new AbortController()
    const first = a.storage.appendMessage('one', user('first'))
    const second = a.storage.appendMessage('one', user('second'), { signal: controller.signal })
    controller.abort(new Error('changed my mind'))
    await expect(second).rejects.toThrow('changed my mind')
    await first
    expect(await textsOf(a, 'one')).toEqual(['first'])
  })
})

describe('A long conversation', () => {
  it('is sealed into segments and comes back whole on every device', async () => {
    const [a, b] = await startTwoDevices()
    const long = (i: number) => ({ id: `m${i}`, ...user(`${i} ${'lorem ipsum dolor sit amet '.repeat(40)}`) })
    for (let batch = 0; batch < 24; batch += 1) {
      const messages = Array.from({ length: 10 }, (_, i) => long(batch * 10 + i))
      await (batch % 2 === 0 ? a : b).storage.appendMessages('one', messages)
    }
    const expected = Array.from({ length: 240 }, (_, i) => `m${i}`)
    expect((await loaded(b)).messages.map((message) => message.id)).toEqual(expected)
    const fresh = await loaded(a)
    expect(fresh.messages.map((message) => message.id)).toEqual(expected)
    expect(fresh.messageCount).toBe(240)
    await a.saveConversation({ ...fresh, messages: [{ id: 'm3', ...user('edited long after') }] })
    expect((await loaded(b)).messages[3]).toMatchObject({ id: 'm3', content: 'edited long after' })
    await expect(b.storage.appendMessage('one', long(5))).resolves.toMatchObject({
      outcome: 'PERSISTENCE_IDEMPOTENT_REPLAY',
    })
  })

  it('may have messages of up to a megabyte', async () => {
    const [a, b] = await startTwoDevices()
    const big = 'é'.repeat(500_000)
    await a.storage.appendMessages('one', [user(big), user('small'), user(big)])
    expect(await textsOf(b, 'one')).toEqual([big, 'small', big])
  })
})

describe('An SDK that was closed', () => {
  it('has finished the saves that were under way, and refuses new ones', async () => {
    const [a, b] = await startTwoDevices()
    const saves = Array.from({ length: 5 }, (_, i) => a.storage.appendMessage('one', user(`${i}`)))
    await a.close()
    await Promise.all(saves)
    expect(await textsOf(b, 'one')).toEqual(['0', '1', '2', '3', '4'])
    await expect(a.storage.appendMessage('one', user('late'))).rejects.toMatchObject({
      code: 'SESSION_STATE',
    })
    await expect(a.storage.loadConversation('one')).rejects.toMatchObject({ code: 'SESSION_STATE' })
    await a.close()
  })
})
