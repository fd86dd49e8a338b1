import { expect, it } from 'vitest'
import { runManyUsers } from '../support/engine-load'

it('Many users at once keep their own order, and wait for nobody else', async () => {
  const [users, rounds, llmMs] = [50, 6, 50]
  const tookMs = await runManyUsers(users, rounds, llmMs)
  expect(tookMs).toBeLessThan((users * rounds * llmMs) / 3)
})
