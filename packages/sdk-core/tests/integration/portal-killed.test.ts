import { expect, it } from 'vitest'
import { runKillRounds } from '../support/kill-rounds'

const ROUNDS = 20

it('Every acknowledged save is there after the portal was killed twenty times', async () => {
  const report = await runKillRounds(ROUNDS)
  expect(report).toMatchObject({ kills: ROUNDS, missing: [], repeated: [], unexpectedErrors: [] })
  expect(report.acknowledged).toBeGreaterThanOrEqual(ROUNDS)
}, 150_000)
