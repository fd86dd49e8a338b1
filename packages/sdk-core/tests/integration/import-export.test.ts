import { describe, expect, it } from 'vitest'
import { type ConversationInput, generateSeedPhrase, type ImportProgress, type Sdk } from '../../src/index'
import { startFaultProxy } from '../support/fault-proxy'
import { closeAfterTest, startPortal, startSdk, textsOf, user } from '../support/fixture'

const RICH: ConversationInput = {
  id: 'rich',
  title: 'A "title" with \u2028 and 🎈',
  createdAt: 1_700_000_000_000,
  metadata: { tags: ['a', { b: null }], count: 0.5 },
  messages: [
    {
      id: 'q',
      role: 'user',
      content: 'Späte Züge?\n```js\n```',
      createdAt: 1_700_000_000_500,
      metadata: { from: 'app' },
    },
    {
      id: 'a',
      role: 'assistant',
      parentId: 'q',
      createdAt: 1_600_000_000_000,
      editedAt: 1_700_000_001_000,
      content: [
        { type: 'text', text: 'Let me look.' },
        { type: 'tool-call', toolCallId: '1', toolName: 'trains', input: { to: 'Basel' } },
        {
          type: 'file',
          mediaType: 'image/png',
          name: 'map.png',
          data: Uint8Array.from({ length: 256 }, (_, i) => i),
        },
      ],
    },
    {
      id: 'r',
      role: 'tool',
      createdAt: 1,
      content: [{ type: 'tool-result', toolName: 'trains', output: '```' }],
    },
  ],
}

async function startFresh(): Promise<Sdk> {
  return startSdk((await startPortal()).url)
}

async function collect(lines: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const line of lines) text += line
  return text
}

const line = (id: string, ...texts: string[]) =>
  JSON.stringify({ id, messages: texts.map((text, i) => ({ id: `${i}`, ...user(text), createdAt: i })) })

describe('An export', () => {
  it('as JSON gives back every field of every message, in the same order', async () => {
    const [source, target] = [await startFresh(), await startFresh()]
    await source.saveConversation(RICH)
    await source.saveConversation({ id: 'empty', title: 'Nothing yet', messages: [] })
    const report = await target.storage.importConversations(
      await collect(source.storage.exportConversations()),
    )
    expect(report).toMatchObject({ conversations: 2, messages: 3, skipped: 0, failures: 0 })
    for (const id of ['rich', 'empty']) {
      const [before, after] = [
        await source.storage.loadConversation(id),
        await target.storage.loadConversation(id),
      ]
      expect({ ...after, updatedAt: 0 }).toEqual({ ...before, updatedAt: 0 })
    }
    expect(JSON.parse(await source.storage.exportConversation('rich', 'json'))).toMatchObject({
      format: 's5-conversation',
      formatVersion: 1,
      id: 'rich',
      messageCount: 3,
    })
  })

  it('as Markdown shows titles, speakers, times, tool data as code, and names of files', async () => {
    const sdk = await startFresh()
    await sdk.saveConversation(RICH)
    const markdown = await sdk.storage.exportConversation('rich', 'markdown')
    expect(markdown).toContain('# A "title" with and 🎈\n\n## User, 2023-11-14T22:13:20.500Z\n\nSpäte Züge?')
    expect(markdown).toContain('Calls **trains**:\n\n```\n{\n  "to": "Basel"\n}\n```')
    expect(markdown).toContain('File: map.png (image/png)')
    expect(markdown).toContain('````\n```\n````')
  })

  it('of a conversation that is absent is refused', async () => {
    const sdk = await startFresh()
    await expect(sdk.storage.exportConversation('none', 'json')).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
  })
})

describe('An import', () => {
  it('adds nothing when it is repeated, and says so', async () => {
    const sdk = await startFresh()
    const file = `${line('a', 'one', 'two')}\n${line('b', 'three')}\n`
    expect(await sdk.storage.importConversations(file)).toMatchObject({
      conversations: 2,
      messages: 3,
      skipped: 0,
    })
    const { saves } = sdk.storage.getStats()
    expect(await sdk.storage.importConversations(file)).toMatchObject({
      conversations: 0,
      messages: 0,
      skipped: 3,
    })
    expect(sdk.storage.getStats().saves).toBe(saves)
  })

  it('adds what is missing to a conversation, and alters nothing that is stored', async () => {
    const sdk = await startFresh()
    await sdk.saveConversation({ id: 'a', title: 'Mine', messages: [{ id: '0', ...user('edited here') }] })
    const record = { ...JSON.parse(line('a', 'one', 'two')), title: 'Theirs', metadata: { new: true } }
    expect(await sdk.storage.importConversations(JSON.stringify(record))).toMatchObject({
      messages: 1,
      skipped: 1,
    })
    const loaded = await sdk.storage.loadConversation('a')
    expect(loaded).toMatchObject({ title: 'Mine', metadata: { new: true } })
    expect(loaded?.messages.map(({ content }) => content)).toEqual(['edited here', 'two'])
  })

  it('reads bytes, blobs, streams, and UTF-16 with its mark, however they are cut', async () => {
    const text = line('a', 'Grüße 🎈')
    const utf16 = Uint8Array.from(Buffer.from(`\ufeff${text}`, 'utf16le'))
    const bigEndian = utf16.slice()
    new Uint16Array(bigEndian.buffer).forEach((unit, i, units) => {
      units[i] = (unit >> 8) | (unit << 8)
    })
    const bytes = new TextEncoder().encode(`\ufeff${text}`)
    const oneByOne = async function* () {
      for (let i = 0; i < text.length; i += 1) yield text.charAt(i)
    }
    for (const data of [bytes, utf16, bigEndian, new Blob([bytes]), new Blob([utf16]).stream(), oneByOne()]) {
      const sdk = await startFresh()
      expect(await sdk.storage.importConversations(data)).toMatchObject({ messages: 1, failures: 0 })
      expect(await textsOf(sdk, 'a')).toEqual(['Grüße 🎈'])
    }
  })

  it('says which record is broken and why, keeps what came before the fault, and goes on', async () => {
    const sdk = await startFresh()
    const huge = 'x'.repeat(1024 * 1024)
    const lines = [
      line('a', 'one'),
      'nonsense',
      '{"id":"b","messages":[{"id":"1","role":"user","content":"kept"},{"role":"robot","content":"x"}]}',
      '{"id":"c","messages":[{"id":"1","role":"user","content":"kept"},{"id":"1","role":"user","content":"x"}]}',
      line('d', huge),
      '{"id":"e"}',
      '{"format":"s5-conversation","formatVersion":9,"id":"f","messages":[]}',
      '{"id":"g","messages":[{"role":"user","content":"cut',
      line('h', 'last'),
    ]
    const report = await sdk.storage.importConversations(lines.join('\n'))
    expect(report).toMatchObject({ conversations: 4, messages: 4, failures: 7 })
    expect(report.failed.map(({ index, line, id, reason }) => [index, line, id, reason])).toEqual([
      [1, 2, undefined, 'record: is not valid JSON'],
      [2, 3, 'b', expect.stringContaining('messages[1].role')],
      [3, 4, 'c', expect.stringContaining('two messages have the id 1')],
      [4, 5, 'd', expect.stringContaining('a message is at most 1048576')],
      [5, 6, undefined, expect.stringContaining('neither messages nor mapping')],
      [6, 7, undefined, expect.stringContaining('formatVersion')],
      [7, 8, 'g', expect.stringContaining('a line ends within a text')],
    ])
    expect(await textsOf(sdk, 'b')).toEqual(['kept'])
    expect(await sdk.storage.loadConversation('d')).toBeUndefined()
  })

  it('passes over a message of 50 MB', async () => {
    const sdk = await startFresh()
    const file = async function* () {
      yield '[{"id":"a","messages":[{"role":"user","content":"'
      for (let i = 0; i < 50; i += 1) yield 'x'.repeat(1024 * 1024)
      yield `"}]},${line('b', 'fine')}]`
    }
    const report = await sdk.storage.importConversations(file())
    expect(report.failed).toEqual([
      { index: 0, line: 1, id: 'a', reason: 'record: a message of it is too large' },
    ])
    expect(report.messages).toBe(1)
  })

  it('brings back no message that was deleted here, however long ago', async () => {
    const sdk = await startFresh()
    const file = line('a', 'one', 'two', 'x'.repeat(10_000))
    await sdk.storage.importConversations(file)
    await sdk.storage.deleteMessage('a', '1')
    await sdk.storage.appendMessage('a', user('y'.repeat(10_000)))
    const expected = { conversations: 0, messages: 0, skipped: 3, failures: 0 }
    expect(await sdk.storage.importConversations(file)).toMatchObject(expected)
    expect((await textsOf(sdk, 'a')).map((text) => text.slice(0, 3))).toEqual(['one', 'xxx', 'yyy'])
  })

  it('of a conversation that was deleted here does not raise it, and says so', async () => {
    const sdk = await startFresh()
    const file = `${line('a', 'one')}\n${line('b', 'two')}`
    await sdk.storage.importConversations(file)
    await sdk.storage.deleteConversation('a')
    const report = await sdk.storage.importConversations(file)
    expect(report).toMatchObject({ conversations: 0, messages: 0, skipped: 1, failures: 1 })
    expect(report.failed).toMatchObject([{ line: 1, id: 'a', reason: expect.stringContaining('deleted') }])
    expect(await sdk.storage.loadConversation('a')).toBeUndefined()
  })

  it('goes on where it was aborted, and ends even where the file hangs', async () => {
    const sdk = await startFresh()
    const lines = Array.from({ length: 50 }, (_, i) => line(`c${i}`, `text ${i}`)).join('\n')
    const controller = new AbortController()
    const hanging = async function* () {
      yield lines.slice(0, 2000)
      await new Promise(() => {})
    }
    const options = {
      signal: controller.signal,
      onProgress: () => setTimeout(() => controller.abort(new Error('enough')), 1),
    }
    await expect(sdk.storage.importConversations(hanging(), options)).rejects.toThrow('enough')
    const again = await sdk.storage.importConversations(lines)
    expect(again.messages + again.skipped).toBe(50)
    const progress: ImportProgress[] = []
    await sdk.storage.importConversations(lines, { onProgress: (each) => progress.push(each) })
    expect(progress.at(-1)).toMatchObject({ bytes: lines.length, messages: 0, skipped: 50 })
  })

  it('ends where the store cannot be reached, and the same call goes on', async () => {
    const portal = await startPortal()
    const proxy = closeAfterTest(await startFaultProxy(portal.url))
    const seedPhrase = generateSeedPhrase()
    const cut = await startSdk(proxy.url, seedPhrase)
    await cut.storage.importConversations(line('a', 'one'))
    await proxy.close()
    const file = `${line('a', 'one')}\n${line('b', 'two')}`
    await expect(cut.storage.importConversations(file)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    const sdk = await startSdk(portal.url, seedPhrase)
    expect(await sdk.storage.importConversations(file)).toMatchObject({
      messages: 1,
      skipped: 1,
      failures: 0,
    })
  })

  it('of the same file by two devices at once stores each message once, in order', async () => {
    const portal = await startPortal()
    const seedPhrase = generateSeedPhrase()
    const file = line('a', ...Array.from({ length: 3000 }, (_, i) => `text ${i}`))
    const devices = await Promise.all([startSdk(portal.url, seedPhrase), startSdk(portal.url, seedPhrase)])
    await Promise.all(
      devices.flatMap(({ storage }) => [
        storage.importConversations(file),
        storage.importConversations(file),
      ]),
    )
    const loaded = await (await startSdk(portal.url, seedPhrase)).storage.loadConversation('a')
    expect(loaded?.messages.map(({ id }) => Number(id))).toEqual(Array.from({ length: 3000 }, (_, i) => i))
    expect(loaded?.messageCount).toBe(3000)
  })

  it('of many small conversations lists them in few commits', async () => {
    const portal = await startPortal()
    const proxy = closeAfterTest(await startFaultProxy(portal.url))
    const sdk = await startSdk(proxy.url)
    proxy.requests.splice(0)
    await sdk.storage.importConversations(Array.from({ length: 32 }, (_, i) => line(`c${i}`, 'x')).join('\n'))
    const writes = proxy.requests.filter(
      ({ method, path }) => method === 'POST' && path.startsWith('/s5/registry'),
    )
    expect(writes.length).toBeLessThanOrEqual(32 + 20)
    expect((await sdk.storage.listConversations()).items).toHaveLength(32)
  })

  it('reads ChatGPT and ShareGPT by what their records have', async () => {
    const sdk = await startFresh()
    const message = {
      author: { role: 'user' },
      content: { content_type: 'text', parts: ['hi'] },
      create_time: 1.5,
    }
    const chatgpt = {
      title: 'T',
      mapping: { a: { message, parent: null, children: [] } },
      current_node: 'a',
      conversation_id: 'g',
    }
    const sharegpt = { id: 's', conversations: [{ from: 'human', value: 'hello' }] }
    expect(await sdk.storage.importConversations(JSON.stringify([chatgpt, sharegpt]))).toMatchObject({
      messages: 2,
      failures: 0,
    })
    expect(await sdk.storage.loadConversation('g')).toMatchObject({
      title: 'T',
      messages: [{ id: 'a', createdAt: 1500 }],
    })
    expect(await sdk.storage.importConversations(JSON.stringify([chatgpt, sharegpt]))).toMatchObject({
      messages: 0,
      skipped: 2,
    })
  })

  it.each([
    ['data', [42]],
    ['options.format', ['[]', { format: 'word' }]],
    ['options.quick', ['[]', { quick: true }]],
  ])('refuses a wrong %s', async (path, [data, options]) => {
    const sdk = await startFresh()
    const wrong = sdk.storage.importConversations(data as string, options as object | undefined)
    await expect(wrong).rejects.toMatchObject({ code: 'INVALID_INPUT', path })
  })
})
