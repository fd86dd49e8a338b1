import { expect, it } from 'vitest'
import { runKillRounds } from '../support/kill-rounds'

const ROUNDS = 200

it('Every acknowledged save is there after the portal was killed two hundred times', async () => {
  const report = await runKillRounds(ROUNDS)
  expect(report).toMatchObject({ kills: ROUNDS, missing: [], repeated: [], unexpectedErrors: [] })
  expect(report.acknowledged).toBeGreaterThanOrEqual(ROUNDS)
})
