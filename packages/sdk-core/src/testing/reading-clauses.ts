import type { ConversationSummary } from '../conversation/types'
import type { Clause, Stage } from './backend'
import { alter, append, appendFresh, given } from './changes'
import type { Writer } from './writer'

/** Loading and listing. */
export const readingClauses: readonly Clause[] = [
  { name: 'What was never saved is undefined, and not listed', run: knowsAbsence },
  { name: 'Pages together are the same as the whole', run: pagesWhole },
  { name: 'A page ends before a message that was deleted meanwhile', run: pagesBeforeDeleted },
  { name: 'Everything acknowledged is listed, the newest first', run: listsAtOnce },
  { name: 'Pages of the list together are the whole list', run: pagesList },
  { name: 'The list says the version, the count, the title and whether it is sealed', run: summarises },
]

/** How often a list is read again that moves while it is read. */
const MOVING_ATTEMPTS = 20

async function knowsAbsence({ open, expect }: Stage): Promise<void> {
  const [one, other] = [await open(), await open()]
  expect(await one.find()).toBe(undefined)
  expect(await one.find({ limit: 3 })).toBe(undefined)
  expect(await one.list()).toEqual([])
  await other.make(append(['m1']), 'another')
  expect(await one.find()).toBe(undefined)
  expect((await one.list()).map(({ id }) => id)).toEqual(['another'])
}

async function pagesWhole({ open, expect }: Stage): Promise<void> {
  const [writer, reader] = [await open(), await open()]
  for (let i = 0; i < 5; i += 1) await writer.make(appendFresh(6))
  const written = await writer.ids()
  await writer.make(alter({ deletions: written.filter((_, i) => i % 7 === 3) }))
  const whole = await reader.load()
  const paged = await pagesOf(reader, 7)
  expect(paged).toEqual(whole.messages)
  const { messages: last, ...rest } = await reader.load({ limit: 3 })
  expect(last).toEqual(whole.messages.slice(-3))
  const { messages: _, ...conversation } = whole
  expect(rest).toEqual(conversation)
  expect(await reader.ids({ before: whole.messages[4]?.id ?? '' })).toEqual(
    whole.messages.slice(0, 4).map(({ id }) => id),
  )
}

/** All messages, page by page from the end; no more pages than a sound store has. */
async function pagesOf(reader: Writer, limit: number) {
  const { messages: found, messageCount } = await reader.load({ limit })
  for (let page = 1; page * limit <= messageCount; page += 1) {
    const before = found[0]?.id
    if (before === undefined) break
    found.unshift(...(await reader.load({ limit, before })).messages)
  }
  return found
}

async function pagesBeforeDeleted({ open, expect }: Stage): Promise<void> {
  const [writer, reader] = [await open(), await open()]
  await writer.make(append(['m1', 'm2', 'm3', 'm4', 'm5']))
  expect(await reader.ids({ limit: 2 })).toEqual(['m4', 'm5'])
  await writer.make(alter({ deletions: ['m4'] }))
  expect(await reader.ids({ limit: 2, before: 'm4' })).toEqual(['m2', 'm3'])
  expect(await reader.ids({ limit: 2, before: 'nobody has it' })).toEqual([])
}

async function listsAtOnce({ open, expect }: Stage): Promise<void> {
  const writers = [await open(), await open()]
  const reader = await open()
  const expected: string[] = []
  for (let i = 0; i < 6; i += 1) {
    const id = `conversation ${i}`
    await writers[i % 2]?.make(appendFresh(1), id)
    expected.push(id)
    const listed = await reader.list()
    expect(listed.map((each) => each.id).sort()).toEqual(expected)
  }
  const ids = Array.from({ length: 8 }, (_, i) => `at once ${i}`)
  await Promise.all(ids.map((id, i) => writers[i % 2]?.make(appendFresh(1), id)))
  const listed = await reader.list()
  expect(listed.map((each) => each.id).sort()).toEqual([...ids, ...expected].sort())
  const times = listed.map(({ updatedAt }) => updatedAt)
  expect(times).toEqual([...times].sort((a, b) => b - a))
}

async function pagesList({ open, expect }: Stage): Promise<void> {
  const [one, reader] = [await open(), await open()]
  for (let i = 0; i < 7; i += 1) await one.make(appendFresh(1), `conversation ${i}`)
  await one.make(appendFresh(1), 'conversation 3')
  await one.close()
  for (const limit of [1, 3, 7, 100]) {
    const { whole, pages } = await listBothWays(reader, limit)
    expect(pages.every((page) => page.length <= limit)).toBe(true)
    expect(pages.flat()).toEqual(whole)
  }
}

/** The list as a whole and in pages, of a time in which it did not move: behind a wire, summaries follow later. */
async function listBothWays(reader: Writer, limit: number) {
  for (let attempt = 1; ; attempt += 1) {
    const whole = await reader.list()
    const pages = await listInPages(reader, limit, whole.length)
    const hasMoved = JSON.stringify(await reader.list()) !== JSON.stringify(whole)
    if (!hasMoved || attempt === MOVING_ATTEMPTS) return { whole, pages }
  }
}

/** No more pages than a sound store has. */
async function listInPages(reader: Writer, limit: number, most: number): Promise<ConversationSummary[][]> {
  const pages: ConversationSummary[][] = []
  let cursor: string | undefined
  do {
    const page = await reader.listPage(cursor === undefined ? { limit } : { limit, cursor })
    pages.push(page.items)
    cursor = page.cursor
  } while (cursor !== undefined && pages.length <= most)
  return pages
}

/** Summaries may lag behind until their writer closes. */
async function summarises({ open, expect }: Stage): Promise<void> {
  const [one, other] = [await open(), await open()]
  await one.make(append(['m1', 'm2', 'm3']), 'sealed')
  await one.make(alter({ deletions: ['m2'] }), 'sealed')
  await other.make(alter({ title: given('A title') }), 'sealed')
  await other.make(append(['m1'], { scheme: 'plain' }), 'plain')
  await Promise.all([one.close(), other.close()])
  const reader = await open()
  const listed = (await reader.list()).sort((a, b) => (a.id < b.id ? -1 : 1))
  expect(listed).toEqual([
    { ...(await summaryOf(reader, 'plain')), version: 1, messageCount: 1, encrypted: false },
    { ...(await summaryOf(reader, 'sealed')), version: 3, messageCount: 2, encrypted: true },
  ])
  expect(listed.map(({ title }) => title)).toEqual([undefined, 'A title'])
}

async function summaryOf(reader: Writer, id: string): Promise<Partial<ConversationSummary>> {
  const { messages: _, metadata: __, ...summary } = await reader.load({}, id)
  return summary
}
