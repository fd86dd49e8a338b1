import type { Clause, Stage } from './backend'
import { append, appendFresh, keyed, message, overwrite, save } from './changes'
import { codeOf } from './writer'

const REPLAY = 'PERSISTENCE_IDEMPOTENT_REPLAY'
/** One more than writers are remembered by some stores, and more than keys are. */
const OTHER_COMMITS = 65

/** The same thing asked for twice. */
export const replayClauses: readonly Clause[] = [
  { name: 'A replayed change is one message', run: knowsReplayedMessages },
  { name: 'A message id that comes again with other content is refused', run: refusesReusedIds },
  {
    name: `The same idempotency key from another writer gives the first outcome, also after ${OTHER_COMMITS} commits`,
    run: knowsKeys,
  },
  { name: 'The idempotency key of a whole conversation saves it once', run: savesOnce },
  { name: 'The same idempotency key with other input is refused', run: refusesReusedKeys },
  { name: 'An overwrite replayed after later appends removes nothing', run: overwritesOnce },
]

async function knowsReplayedMessages({ open, expect }: Stage): Promise<void> {
  const [one, other] = [await open(), await open()]
  const fresh = appendFresh(2)
  const first = await one.make(fresh)
  await other.make(append(['between']))
  const again = await one.make(fresh)
  const elsewhere = await other.make({ ...fresh, ids: 'given' })
  for (const replay of [again, elsewhere]) {
    expect([replay.outcome, replay.version]).toEqual([REPLAY, first.version])
    expect(replay.messageIds).toEqual(first.messageIds)
  }
  const { version, messageCount } = await (await open()).load()
  expect([version, messageCount]).toEqual([2, 3])
  expect(await one.ids()).toEqual([...first.messageIds, 'between'])
}

async function refusesReusedIds({ open, expect }: Stage): Promise<void> {
  const [one, other] = [await open(), await open()]
  await one.make(append(['m1']))
  const before = await one.load()
  const reused = { message: message('m1', { content: 'something else' }), intent: 'append' as const }
  expect(codeOf(await other.refusal({ ...append([]), messages: [reused] }))).toBe('IDEMPOTENCY_KEY_REUSED')
  expect(await one.load()).toEqual(before)
}

async function knowsKeys({ open, expect }: Stage): Promise<void> {
  const [one, other] = [await open(), await open()]
  const change = () => append(['keyed'], keyed(0))
  const first = await one.make(change())
  for (let i = 1; i <= OTHER_COMMITS; i += 1) {
    const writer = i % 2 === 0 ? one : other
    await writer.make(i % 4 < 2 ? append([`other ${i}`], keyed(i)) : appendFresh(1))
  }
  for (const writer of [other, one, await open()]) {
    const replay = await writer.make(change())
    expect([replay.outcome, replay.version]).toEqual([REPLAY, first.version])
    expect(replay.messageIds).toEqual(first.messageIds)
  }
  const { messageCount, version } = await other.load()
  expect([messageCount, version]).toEqual([OTHER_COMMITS + 1, OTHER_COMMITS + 1])
}

async function savesOnce({ open, expect }: Stage): Promise<void> {
  const [one, other] = [await open(), await open()]
  const change = () => save([message('m1'), message('m2')], 'unknown', keyed(1))
  const first = await one.make(change())
  await other.make(append(['m3']))
  const replay = await other.make(change())
  expect([replay.outcome, replay.version]).toEqual([REPLAY, first.version])
  expect((await one.load()).version).toBe(2)
  expect(await one.ids()).toEqual(['m1', 'm2', 'm3'])
}

async function refusesReusedKeys({ open, expect }: Stage): Promise<void> {
  const [one, other] = [await open(), await open()]
  await one.make(append(['m1'], keyed(1)))
  const before = await one.load()
  for (const writer of [one, other]) {
    const error = await writer.refusal(append(['m2'], keyed(1, 2)))
    expect(codeOf(error)).toBe('IDEMPOTENCY_KEY_REUSED')
  }
  expect(await (await open()).load()).toEqual(before)
}

/** Without a key it may be refused the second time: it was decided on a version that is gone. */
async function overwritesOnce({ open, expect }: Stage): Promise<void> {
  const [one, other] = [await open(), await open()]
  await one.make(append(['old']))
  const withKey = () => overwrite(['kept'], keyed(1))
  const first = await one.make(withKey())
  await other.make(append(['later']))
  for (const writer of [one, other]) {
    const replay = await writer.make(withKey())
    expect([replay.outcome, replay.version]).toEqual([REPLAY, first.version])
  }
  expect(await one.ids()).toEqual(['kept', 'later'])
  const withoutKey = overwrite(['kept'])
  await one.commit([withoutKey])
  await other.make(append(['latest']))
  await one.commit([withoutKey])
  expect(await other.ids()).toEqual(['kept', 'latest'])
}
