import type { ConversationChange } from '../conversation/change'
import type { Clause, Stage } from './backend'
import { alter, append, appendFresh, given, idsOf } from './changes'
import { codeOf, type Writer } from './writer'

/** What several writers do at once. */
export const writerClauses: readonly Clause[] = [
  { name: 'Two writers that append at once lose and duplicate nothing', run: (stage) => race(stage, 2, 10) },
  { name: 'Five writers that append at once lose and duplicate nothing', run: (stage) => race(stage, 5, 5) },
  { name: 'Two writers that set different fields at once both succeed', run: setFieldsAtOnce },
  { name: 'A batch is one version, and a wrong change in it fails alone', run: commitsBatches },
  { name: 'A batch of wrong changes makes no version', run: refusesBatches },
]

async function race({ open, expect }: Stage, writers: number, rounds: number): Promise<void> {
  const all: Writer[] = []
  while (all.length < writers) all.push(await open())
  const changes = all.map(() => Array.from({ length: rounds }, () => appendFresh(2)))
  const versions = await Promise.all(all.map((writer, i) => makeInTurn(writer, changes[i] ?? [])))
  const commits = writers * rounds
  expect(versions.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: commits }, (_, i) => i + 1))
  const { messages, messageCount, version } = await (await open()).load()
  const found = messages.map(({ id }) => id)
  expect({ version, messageCount, found: found.length }).toEqual({
    version: commits,
    messageCount: 2 * commits,
    found: 2 * commits,
  })
  for (const own of changes.map(idsOf)) expect(found.filter((id) => own.includes(id))).toEqual(own)
  for (const reader of all) expect(await reader.ids()).toEqual(found)
}

async function makeInTurn(writer: Writer, changes: readonly ConversationChange[]): Promise<number[]> {
  const versions: number[] = []
  for (const change of changes) versions.push((await writer.make(change)).version)
  return versions
}

async function setFieldsAtOnce({ open, expect }: Stage): Promise<void> {
  const [one, other] = [await open(), await open()]
  await one.make(append(['m1']))
  await Promise.all([
    one.make(alter({ title: given('by one'), fields: { one: given(1) } })),
    other.make(alter({ fields: { other: given(2) } })),
  ])
  const { title, metadata, messageCount } = await (await open()).load()
  expect({ title, metadata, messageCount }).toEqual({
    title: 'by one',
    metadata: { one: 1, other: 2 },
    messageCount: 1,
  })
}

async function commitsBatches({ open, expect }: Stage): Promise<void> {
  const [writer, reader] = [await open(), await open()]
  await writer.make(append(['m0']))
  const outcomes = await writer.commit([
    append(['m1', 'm2']),
    alter({ edits: [{ id: 'nobody has it', content: 'x' }] }),
    alter({ title: given('same version') }),
    append(['m3']),
  ])
  const told = outcomes.map((outcome) =>
    'receipt' in outcome ? outcome.receipt.version : codeOf(outcome.error),
  )
  expect(told).toEqual([2, 'INVALID_INPUT', 2, 2])
  const { version, title } = await reader.load()
  expect({ version, title }).toEqual({ version: 2, title: 'same version' })
  expect(await reader.ids()).toEqual(['m0', 'm1', 'm2', 'm3'])
}

async function refusesBatches({ open, expect }: Stage): Promise<void> {
  const [writer, reader] = [await open(), await open()]
  await writer.make(append(['m0']))
  const wrong = alter({ deletions: ['nobody has it'] })
  const outcomes = await writer.commit([wrong, { ...wrong }])
  expect(outcomes.map((outcome) => 'error' in outcome && codeOf(outcome.error))).toEqual([
    'INVALID_INPUT',
    'INVALID_INPUT',
  ])
  expect((await reader.load()).version).toBe(1)
}
