import type { ConversationChange } from '../conversation/change'
import type { Clause, Stage } from './backend'
import { append, appendFresh, idsOf } from './changes'
import { CONVERSATION, type Writer } from './writer'

/** Aborts and crashes. */
export const failureClauses: readonly Clause[] = [
  { name: 'A commit that was aborted before it began writes nothing', run: beginsNothing },
  { name: 'An aborted commit leaves all or nothing, and may be repeated', run: leavesAllOrNothing },
  { name: 'An acknowledged write survives a crash, where the backend can be crashed', run: survivesCrash },
]

async function beginsNothing({ open, expect }: Stage): Promise<void> {
  const [writer, reader] = [await open(), await open()]
  await writer.make(append(['m1']))
  const reason = new Error('changed my mind')
  const aborted = writer.store.commit(CONVERSATION, [append(['m2'])], AbortSignal.abort(reason))
  expect(await isAcknowledged(aborted)).toBe(false)
  expect(await reader.ids()).toEqual(['m1'])
}

/** In turns of the microtask queue, then in ms. */
const TURNS = [0, 1, 2, 3, 4, 5, 6, 8]
const DELAYS_MS = [0, 1, 2, 4, 8]

async function leavesAllOrNothing(stage: Stage): Promise<void> {
  const [writer, reader] = [await stage.open(), await stage.open()]
  await writer.make(append(['first']))
  const moments = [...TURNS.map((turns) => () => takeTurns(turns)), ...DELAYS_MS.map((ms) => () => wait(ms))]
  for (const moment of moments) await abortAt(moment, { ...stage, writer, reader })
  stage.expect((await reader.ids()).length).toBe(1 + 4 * moments.length)
}

async function abortAt(
  moment: () => Promise<void>,
  { writer, reader, expect }: Stage & { writer: Writer; reader: Writer },
): Promise<void> {
  const changes = [appendFresh(2), appendFresh(2)]
  const wanted = idsOf(changes)
  const controller = new AbortController()
  const committing = isAcknowledged(writer.store.commit(CONVERSATION, changes, controller.signal))
  await moment()
  controller.abort(new Error('changed my mind'))
  const acknowledged = await committing
  const found = (await reader.ids()).filter((id) => wanted.includes(id))
  expect(found).toEqual(acknowledged || found.length > 0 ? wanted : [])
  for (const outcome of await writer.commit(changes)) expect('receipt' in outcome).toBe(true)
  expect((await reader.ids()).filter((id) => wanted.includes(id))).toEqual(wanted)
}

async function survivesCrash({ open, crash, expect }: Stage): Promise<void> {
  if (crash === undefined) return
  const [one, other] = [await open(), await open()]
  const acknowledged = Array.from({ length: 5 }, () => appendFresh(2))
  for (const [i, change] of acknowledged.entries()) await (i % 2 === 0 ? one : other).make(change)
  const during = Array.from({ length: 5 }, () => appendFresh(2))
  const [failed] = await Promise.all([makeAll(one, during), crash()])
  acknowledged.push(...during.filter((change) => !failed.includes(change)))
  await expectAllOnce(acknowledged, { open, expect })
  for (const change of failed) await one.make(change)
  await expectAllOnce([...acknowledged, ...failed], { open, expect })
  await crash()
  await expectAllOnce([...acknowledged, ...failed], { open, expect })
}

/** Makes one change after another; gives back those that failed. */
async function makeAll(writer: Writer, changes: readonly ConversationChange[]) {
  const failed: ConversationChange[] = []
  for (const change of changes) if (!(await isAcknowledged(writer.make(change)))) failed.push(change)
  return failed
}

async function expectAllOnce(
  changes: readonly ConversationChange[],
  { open, expect }: Pick<Stage, 'open' | 'expect'>,
): Promise<void> {
  const wanted = idsOf(changes)
  const found = (await (await open()).ids()).filter((id) => wanted.includes(id))
  expect(found.sort()).toEqual(wanted.sort())
}

async function isAcknowledged(committing: Promise<unknown>): Promise<boolean> {
  return committing.then(
    () => true,
    () => false,
  )
}

async function takeTurns(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
