import type { Clause, Stage } from './backend'
import { alter, append, appendFresh, deletion, given, overwrite, save } from './changes'
import { codeOf } from './writer'

/** Deleted conversations stay deleted. */
export const removalClauses: readonly Clause[] = [
  { name: 'A deleted conversation is gone for every writer, and not listed', run: removes },
  { name: 'Deleting a conversation again is a replay', run: removesOnce },
  { name: 'No late write raises a deleted conversation', run: staysRemoved },
  { name: 'A deletion decided on an old version is refused, and nothing is deleted', run: refusesStale },
  { name: 'What was never saved is not deleted', run: refusesAbsent },
]

async function removes({ open, expect }: Stage): Promise<void> {
  const [one, other] = [await open(), await open()]
  await one.make(appendFresh(3))
  await one.make(appendFresh(1), 'another')
  await other.load()
  const { version, outcome } = await one.make(deletion())
  expect([version, outcome]).toEqual([2, 'COMMITTED'])
  for (const reader of [one, other, await open()]) {
    expect(await reader.find()).toBe(undefined)
    expect((await reader.list()).map(({ id }) => id)).toEqual(['another'])
  }
}

async function removesOnce({ open, expect }: Stage): Promise<void> {
  const [one, other] = [await open(), await open()]
  await one.make(append(['m1']))
  await one.make(deletion())
  const again = await other.make(deletion())
  expect([again.outcome, again.version]).toEqual(['PERSISTENCE_IDEMPOTENT_REPLAY', 2])
}

async function staysRemoved({ open, expect }: Stage): Promise<void> {
  const [one, other] = [await open(), await open()]
  await one.make(append(['m1', 'm2']))
  const copy = (await other.load()).messages
  await one.make(deletion())
  const late = [
    appendFresh(1),
    append(['m1']),
    save(copy, 'unknown'),
    overwrite(['m3']),
    alter({ title: given('raised') }),
  ]
  for (const writer of [other, one]) {
    for (const change of late)
      expect(codeOf(await writer.refusal({ ...change }))).toBe('CONVERSATION_DELETED')
  }
  const reader = await open()
  expect(await reader.find()).toBe(undefined)
  expect(await reader.list()).toEqual([])
}

async function refusesStale({ open, expect }: Stage): Promise<void> {
  const [one, other] = [await open(), await open()]
  await one.make(append(['m1']))
  await other.make(append(['m2']))
  const refusal = await one.refusal(deletion({ expectedVersion: 1 }))
  expect(codeOf(refusal)).toBe('PERSISTENCE_CONFLICT')
  expect(await other.ids()).toEqual(['m1', 'm2'])
  expect((await other.list()).length).toBe(1)
}

async function refusesAbsent({ open, expect }: Stage): Promise<void> {
  const one = await open()
  expect(codeOf(await one.refusal(deletion()))).toBe('INVALID_INPUT')
  expect((await one.make(append(['m1']))).version).toBe(1)
}
