import type { Message } from '../conversation/types'
import type { Clause, Stage } from './backend'
import {
  alter,
  append,
  appendFresh,
  appendMessages,
  given,
  idsOf,
  keyed,
  message,
  overwrite,
  save,
} from './changes'
import { CONVERSATION } from './writer'

const LONG = 600
const AT_ONCE = 50

/** What was acknowledged is there, whole and in order. */
export const presenceClauses: readonly Clause[] = [
  { name: 'An append is there after its receipt, for another writer too', run: isThereForAll },
  { name: 'All fields of messages and conversations survive', run: keepsAllFields },
  { name: 'What a reader does to what it loaded changes nothing stored', run: sharesNoObjects },
  { name: 'Messages are in the order of their callers, the same for every writer', run: keepsOrder },
  { name: 'Each commit makes the version grow by one', run: countsVersions },
  { name: 'A long conversation with edits comes back whole', run: keepsLongConversations },
]

async function isThereForAll({ open, expect }: Stage): Promise<void> {
  const [one, other] = [await open(), await open()]
  const expected: string[] = []
  for (let round = 0; round < 6; round += 1) {
    const [writer, reader] = round % 2 === 0 ? [one, other] : [other, one]
    const change = appendFresh(1)
    expected.push(...idsOf([change]))
    const { messageIds } = await writer.make(change)
    expect(messageIds).toEqual(idsOf([change]))
    expect(await reader.ids()).toEqual(expected)
    expect(await writer.ids()).toEqual(expected)
  }
  expect(await (await open()).ids()).toEqual(expected)
}

const RICH: readonly Message[] = [
  message('plain', { role: 'system', content: 'Grüße, 世界 👋\n\u0000 and a tab\t' }),
  message('parts', {
    parentId: 'plain',
    metadata: { model: 'some model', usage: { tokens: 12.5, cached: null }, tags: ['a', true] },
    content: [
      { type: 'text', text: 'look at this' },
      { type: 'file', mediaType: 'image/png', name: 'pixel.png', data: new Uint8Array([0, 255, 128]) },
      { type: 'file', mediaType: 'application/pdf', cid: 'zSomewhereElse' },
    ],
  }),
  message('call', {
    role: 'assistant',
    editedAt: 1_700_000_000_500,
    content: [{ type: 'tool-call', toolCallId: 'c1', toolName: 'search', input: { query: ['x', 1, null] } }],
  }),
  message('result', {
    role: 'tool',
    content: [{ type: 'tool-result', toolCallId: 'c1', toolName: 'search', output: [{ hit: false }] }],
  }),
]

async function keepsAllFields({ open, expect }: Stage): Promise<void> {
  const [writer, reader] = [await open(), await open()]
  const metadata = { folder: 'work', nested: { list: [1, 'two', null, false] } }
  const fields = Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, given(value)]))
  const title = given('A title')
  await writer.make(save(RICH, 'unknown', { title, fields, createdAt: 1_600_000_000_000, ...keyed(1) }))
  const { updatedAt, ...loaded } = await reader.load()
  expect(loaded).toEqual({
    id: CONVERSATION,
    title: title.value,
    messages: RICH,
    metadata,
    createdAt: 1_600_000_000_000,
    version: 1,
    messageCount: RICH.length,
  })
  expect(typeof updatedAt).toBe('number')
  await writer.make(appendMessages(RICH.map((each) => ({ ...each, id: `${each.id} again` }))))
  expect((await reader.load()).messages.slice(RICH.length).map((each) => each.content)).toEqual(
    RICH.map((each) => each.content),
  )
}

async function sharesNoObjects({ open, expect }: Stage): Promise<void> {
  const writer = await open()
  await writer.make(appendMessages(RICH))
  const loaded = await writer.load()
  for (const each of loaded.messages) each.content = 'changed by a reader'
  Object.assign(loaded.messages[1]?.metadata ?? {}, { model: 'changed too' })
  loaded.messages.pop()
  expect((await writer.load()).messages).toEqual(RICH)
}

/** Whatever clocks say: each writer of this clause lives in a time of its own. */
async function keepsOrder({ open, expect }: Stage): Promise<void> {
  const writers = [await open(), await open()]
  const now = Date.now()
  const times = [now, now - 86_400_000, now + 86_400_000, now, 0]
  const expected: string[] = []
  for (const [i, createdAt] of times.entries()) {
    const ids = [`z${i}`, `m${i}`, `a${i}`]
    const messages = ids.map((id, j) => message(id, { createdAt: Math.max(0, createdAt - j) }))
    await writers[i % 2]?.make(appendMessages(messages))
    expected.push(...ids)
  }
  for (const reader of [...writers, await open()]) expect(await reader.ids()).toEqual(expected)
}

async function countsVersions({ open, expect }: Stage): Promise<void> {
  const [one, other] = [await open(), await open()]
  const changes = [
    append(['m1', 'm2']),
    save([message('m1')], 'unchanged', keyed(1)),
    alter({ title: given('A title') }),
    alter({ edits: [{ id: 'm1', content: 'edited' }] }),
    alter({ deletions: ['m2'] }),
    overwrite(['m3'], { expectedVersion: 5, ...keyed(2) }),
    append(['m4']),
  ]
  for (const [i, change] of changes.entries()) {
    const { version } = await (i % 2 === 0 ? one : other).make(change)
    expect(version).toBe(i + 1)
    expect((await one.load()).version).toBe(version)
  }
}

async function keepsLongConversations({ open, expect }: Stage): Promise<void> {
  const writer = await open()
  const contents = new Map<string, string>()
  for (let i = 0; i < LONG; i += AT_ONCE) {
    const messages = Array.from({ length: AT_ONCE }, (_, j) =>
      message(`m${i + j}`, { content: `message ${i + j}: ${'words '.repeat(20)}` }),
    )
    for (const each of messages) contents.set(each.id, String(each.content))
    await writer.make(appendMessages(messages))
    const edited = `m${i / 2}`
    contents.set(edited, `edited after ${i}`)
    await writer.make(alter({ edits: [{ id: edited, content: `edited after ${i}` }] }))
  }
  const reader = await open()
  const { messages, messageCount } = await reader.load()
  expect(messages.map(({ id, content }) => [id, content])).toEqual([...contents])
  expect(messageCount).toBe(LONG)
}
