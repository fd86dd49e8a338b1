import type { Clause, Stage } from './backend'
import { alter, append, given, keyed, message, save, WRITTEN_AT } from './changes'
import { codeOf } from './writer'

/** What changes about things that are stored. */
export const editClauses: readonly Clause[] = [
  { name: 'An edit keeps its place', run: editsInPlace },
  { name: 'An old copy reverts no edit', run: keepsEdits },
  { name: 'Fields are set one by one', run: setsFields },
  { name: 'A field that the caller knows nothing about is not overwritten', run: fillsBlindly },
  { name: 'What does not exist is not altered, and not made by it', run: altersOnlyWhatExists },
]

async function editsInPlace({ open, expect }: Stage): Promise<void> {
  const [one, other] = [await open(), await open()]
  await one.make(append(['m1', 'm2', 'm3']))
  await other.make(append(['m4']))
  await other.make(alter({ edits: [{ id: 'm2', content: 'edited' }] }))
  for (const reader of [one, other]) {
    const { messages, messageCount } = await reader.load()
    expect(messages.map(({ id }) => id)).toEqual(['m1', 'm2', 'm3', 'm4'])
    expect(messages.map(({ content }) => content)).toEqual([
      'text of m1',
      'edited',
      'text of m3',
      'text of m4',
    ])
    const [, edited] = messages
    expect([edited?.createdAt, typeof edited?.editedAt, messageCount]).toEqual([WRITTEN_AT, 'number', 4])
  }
}

async function keepsEdits({ open, expect }: Stage): Promise<void> {
  const [one, other] = [await open(), await open()]
  await one.make(append(['m1', 'm2']))
  const copy = (await other.load()).messages
  await one.make(alter({ edits: [{ id: 'm1', content: 'edited' }] }))
  for (const intent of ['unchanged', 'unknown'] as const) await other.make(save(copy, intent))
  const mine = copy.map((each) => (each.id === 'm2' ? message('m2', { content: 'edited too' }) : each))
  await other.commit([
    { ...save(mine.slice(0, 1), 'unchanged') },
    { ...save(mine.slice(1), 'edit', keyed(1)) },
  ])
  const contents = (await one.load()).messages.map(({ content }) => content)
  expect(contents).toEqual(['edited', 'edited too'])
}

async function setsFields({ open, expect }: Stage): Promise<void> {
  const [one, other] = [await open(), await open()]
  await one.make(save([message('m1')], 'unknown', { title: given('first'), fields: { a: given(1) } }))
  await other.make(alter({ fields: { b: given({ deep: [2] }) } }))
  await one.make(alter({ title: given('second') }))
  await other.make(alter({ fields: { a: given(null) } }))
  for (const reader of [one, other]) {
    const { title, metadata, messages } = await reader.load()
    expect({ title, metadata }).toEqual({ title: 'second', metadata: { a: null, b: { deep: [2] } } })
    expect(messages).toEqual([message('m1')])
  }
}

async function fillsBlindly({ open, expect }: Stage): Promise<void> {
  const [one, other] = [await open(), await open()]
  await one.make(append(['m1'], { fields: { a: given('known') } }))
  const blind = { value: 'from an old copy', blind: true }
  const { ignored } = await other.make(save([message('m1')], 'unknown', { fields: { a: blind, b: blind } }))
  expect(ignored).toEqual(['metadata.a'])
  expect((await one.load()).metadata).toEqual({ a: 'known', b: 'from an old copy' })
}

async function altersOnlyWhatExists({ open, expect }: Stage): Promise<void> {
  const [one, other] = [await open(), await open()]
  expect(codeOf(await one.refusal(alter({ title: given('nothing') })))).toBe('INVALID_INPUT')
  expect(await other.find()).toBe(undefined)
  await one.make(append(['m1']))
  expect(codeOf(await other.refusal(alter({ deletions: ['m2'] })))).toBe('INVALID_INPUT')
  expect(codeOf(await other.refusal(alter({ edits: [{ id: 'm2', content: 'x' }] })))).toBe('INVALID_INPUT')
  expect((await other.load()).version).toBe(1)
}
