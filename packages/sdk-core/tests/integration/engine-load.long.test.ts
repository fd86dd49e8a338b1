import { it } from 'vitest'
import { runManyUsers } from '../support/engine-load'

it('200 users with 20 messages each keep their order', async () => {
  const tookMs = await runManyUsers(200, 20, 50)
  process.stdout.write(`200 users × 20 messages × 50 ms took ${Math.round(tookMs)} ms; ideal is 1000 ms\n`)
})
