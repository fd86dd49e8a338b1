import type { VersionConflictError } from '../errors/conflict-errors'
import type { Clause, Stage } from './backend'
import { alter, append, given, keyed, message, overwrite, save } from './changes'
import { codeOf } from './writer'

/** Versions that callers expect. Changes that must land carry a key: a repeated one is known by it. */
export const conditionClauses: readonly Clause[] = [
  {
    name: 'A stale expected version is refused with what is stored and what is missing, and nothing is written',
    run: refusesStaleVersions,
  },
  { name: 'The expected version of a change that fits is taken', run: takesCurrentVersions },
  { name: 'The first sync of a conversation accepts any expected version', run: takesFirstSync },
  { name: 'Of two callers with the same expected version one wins', run: letsOneWin },
]

async function refusesStaleVersions({ open, expect }: Stage): Promise<void> {
  const [one, other] = [await open(), await open()]
  for (const id of ['m1', 'm2', 'm3']) await one.make(append([id]))
  const before = await one.load()
  const stale = [
    append(['x'], { expectedVersion: 1 }),
    save([message('x')], 'unknown', { expectedVersion: 1 }),
    overwrite(['x'], { expectedVersion: 1 }),
    alter({ title: given('x'), expectedVersion: 1 }),
  ]
  for (const change of stale) {
    const error = (await other.refusal(change)) as VersionConflictError
    expect(codeOf(error)).toBe('PERSISTENCE_CONFLICT')
    expect([error.expectedVersion, error.actualVersion]).toEqual([1, 3])
    expect(error.theirs).toEqual(before)
    expect(error.missing).toEqual(before.messages.slice(1))
  }
  expect(codeOf(await other.refusal(append(['x'], { expectedVersion: 4 })))).toBe('PERSISTENCE_CONFLICT')
  expect(await one.load()).toEqual(before)
}

async function takesCurrentVersions({ open, expect }: Stage): Promise<void> {
  const [one, other] = [await open(), await open()]
  await one.make(append(['m1']))
  await other.make(append(['m2'], { expectedVersion: 1, ...keyed(1) }))
  const { version } = await one.make(append(['m3'], { expectedVersion: 2, ...keyed(2) }))
  expect(version).toBe(3)
  expect(await other.ids()).toEqual(['m1', 'm2', 'm3'])
}

async function takesFirstSync({ open, expect }: Stage): Promise<void> {
  const [one, other] = [await open(), await open()]
  const { version } = await one.make(append(['m1'], { expectedVersion: 7, ...keyed(1) }))
  expect(version).toBe(1)
  expect(await other.ids()).toEqual(['m1'])
}

async function letsOneWin({ open, expect }: Stage): Promise<void> {
  const [one, other] = [await open(), await open()]
  await one.make(append(['m0']))
  const winners = ['m0']
  for (let expectedVersion = 1; expectedVersion <= 5; expectedVersion += 1) {
    const contenders = [one, other].map((writer, i) => {
      const change = append([`m${expectedVersion} by ${i}`], {
        expectedVersion,
        ...keyed(2 * expectedVersion + i),
      })
      return writer.commit([change])
    })
    const outcomes = (await Promise.all(contenders)).flat()
    const won = outcomes.findIndex((outcome) => 'receipt' in outcome)
    const lost = outcomes[1 - won]
    expect(lost !== undefined && 'error' in lost && codeOf(lost.error)).toBe('PERSISTENCE_CONFLICT')
    winners.push(`m${expectedVersion} by ${won}`)
  }
  expect(await (await open()).ids()).toEqual(winners)
}
