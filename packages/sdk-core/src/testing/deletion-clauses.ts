import type { ConversationChange } from '../conversation/change'
import type { Message } from '../conversation/types'
import type { Clause, Stage } from './backend'
import { alter, append, appendMessages, message, overwrite, save } from './changes'
import type { Writer } from './writer'

const LATER = Date.UTC(2100, 0)

/** Deleted messages stay deleted. */
export const deletionClauses: readonly Clause[] = [
  { name: 'A deleted message is gone for every writer, and the others stay', run: deletes },
  { name: 'Deleting a message again changes nothing', run: deletesOnce },
  { name: 'An old copy does not bring a deleted message back', run: staysDeleted },
  { name: 'A late append or edit of a deleted message changes nothing', run: ignoresLateWrites },
  { name: 'An overwrite takes away what it does not name, for good', run: overwritesForGood },
]

/** Two writers and three messages, of which one writer has deleted the second. */
async function deleteSecond({ open }: Stage): Promise<{ one: Writer; other: Writer; copy: Message[] }> {
  const [one, other] = [await open(), await open()]
  await one.make(append(['m1', 'm2', 'm3']))
  const copy = (await other.load()).messages
  await one.make(alter({ deletions: ['m2'] }))
  return { one, other, copy }
}

async function deletes(stage: Stage): Promise<void> {
  const { one, other } = await deleteSecond(stage)
  for (const reader of [one, other, await stage.open()]) {
    const { messageCount, messages } = await reader.load()
    stage.expect([messageCount, ...messages.map(({ id }) => id)]).toEqual([2, 'm1', 'm3'])
  }
}

async function deletesOnce(stage: Stage): Promise<void> {
  const { one, other } = await deleteSecond(stage)
  const before = await one.load()
  await other.make(alter({ deletions: ['m2'] }))
  stage.expect(await (await stage.open()).load()).toEqual(before)
}

async function staysDeleted(stage: Stage): Promise<void> {
  const { one, other, copy } = await deleteSecond(stage)
  for (const intent of ['unchanged', 'unknown', 'edit'] as const) await other.make(save(copy, intent))
  const newer = copy.map((each) => ({ ...each, content: `newer ${each.id}`, editedAt: LATER }))
  await other.make(save(newer, 'edit'))
  stage.expect(await one.ids()).toEqual(['m1', 'm3'])
  stage.expect((await one.load()).messageCount).toBe(2)
}

async function ignoresLateWrites(stage: Stage): Promise<void> {
  const { one, other } = await deleteSecond(stage)
  const before = await one.load()
  const late: ConversationChange[] = [
    append(['m2']),
    appendMessages([message('m2', { content: 'something else', editedAt: LATER })]),
    alter({ edits: [{ id: 'm2', content: 'edited too late' }] }),
  ]
  for (const writer of [other, one]) for (const change of late) await writer.commit([{ ...change }])
  stage.expect(await (await stage.open()).load()).toEqual(before)
}

async function overwritesForGood({ open, expect }: Stage): Promise<void> {
  const [one, other] = [await open(), await open()]
  await one.make(append(['m1', 'm2', 'm3']))
  const copy = (await other.load()).messages
  await one.commit([overwrite(['m1', 'new'])])
  expect(await other.ids()).toEqual(['m1', 'new'])
  await other.make(save(copy, 'unknown'))
  expect(await one.ids()).toEqual(['m1', 'new'])
  expect((await one.load()).messageCount).toBe(2)
}
