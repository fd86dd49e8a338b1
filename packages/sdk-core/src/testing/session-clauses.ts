import type { ConversationChange } from '../conversation/change'
import type { StaleSessionError } from '../errors/session-errors'
import type { Clause, Stage } from './backend'
import { alter, append, appendFresh, given, keyed, save } from './changes'
import { codeOf } from './writer'

/** Sessions that take a conversation over from each other. A beginning carries a key: a repeated one is known by it. */
export const sessionClauses: readonly Clause[] = [
  {
    name: 'A later session ends what an older one may write, and tells it what it lacks',
    run: fencesOlderSessions,
  },
  { name: 'What no session asked for is never refused for a session', run: fencesNobodyElse },
  { name: 'Of two sessions that begin with the same epoch one wins', run: letsOneBegin },
  { name: 'What an older session has written already is a replay', run: knowsWhatLanded },
]

/** A session that takes over with `epoch`; makes the conversation if it is absent. */
function begin(epoch: number, key = epoch): ConversationChange {
  return save([], 'unknown', { session: { epoch, begins: true, since: 0 }, ...keyed(key) })
}

async function fencesOlderSessions({ open, expect }: Stage): Promise<void> {
  const [one, other] = [await open(), await open()]
  const older = { session: { epoch: 5, since: (await one.make(begin(5))).version } }
  await one.make(append(['m1'], older))
  await other.make(append(['m2']))
  await other.make(begin(6))
  const before = await other.load()
  const stale = [
    append(['x'], older),
    alter({ edits: [{ id: 'm1', content: 'x' }], ...older }),
    alter({ fields: { x: given(1) }, ...older }),
    begin(4),
  ]
  for (const change of stale) {
    const error = (await one.refusal(change)) as StaleSessionError
    expect(codeOf(error)).toBe('STALE_SESSION')
    expect([error.epoch, error.currentEpoch]).toEqual([change.session?.epoch, 6])
    expect(error.missing).toEqual(before.messages)
  }
  expect(await one.load()).toEqual(before)
}

async function fencesNobodyElse({ open, expect }: Stage): Promise<void> {
  const [one, other] = [await open(), await open()]
  await one.make(begin(5))
  await one.commit([append(['m1']), append(['m2'], { session: { epoch: 5, since: 1 } })])
  await other.make(begin(6))
  const outcomes = await one.commit([append(['x'], { session: { epoch: 5, since: 1 } }), append(['m3'])])
  expect(outcomes.map((outcome) => 'receipt' in outcome)).toEqual([false, true])
  await one.make(alter({ title: given('by nobody’s session') }))
  expect(await other.ids()).toEqual(['m1', 'm2', 'm3'])
}

async function letsOneBegin({ open, expect }: Stage): Promise<void> {
  const [one, other] = [await open(), await open()]
  for (let epoch = 1; epoch <= 5; epoch += 1) {
    const outcomes = await Promise.all([
      one.commit([begin(epoch, 2 * epoch)]),
      other.commit([begin(epoch, 2 * epoch + 1)]),
    ])
    const lost = outcomes.flat().filter((outcome) => 'error' in outcome)
    expect(lost.map(({ error }) => codeOf(error))).toEqual(['STALE_SESSION'])
  }
}

async function knowsWhatLanded({ open, expect }: Stage): Promise<void> {
  const [one, other] = [await open(), await open()]
  const beginning = begin(5)
  await one.make(beginning)
  const change = appendFresh(1, { session: { epoch: 5, since: 1 } })
  const first = await one.make(change)
  await other.make(begin(6))
  const again = [await one.make(change), await one.make(beginning)]
  expect(again.map(({ outcome }) => outcome)).toEqual([
    'PERSISTENCE_IDEMPOTENT_REPLAY',
    'PERSISTENCE_IDEMPOTENT_REPLAY',
  ])
  expect(again.map(({ version }) => version)).toEqual([first.version, 1])
  expect((await other.load()).messageCount).toBe(1)
}
