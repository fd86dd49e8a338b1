// A process of its own that appends through the built package, whatever happens to its connections.
import { createSdk } from '@s5-conversations/sdk-core'
import { createPostgresStore, openPostgres } from '@s5-conversations/sdk-core/postgres'

/** @typedef {{ url: string, seedPhrase: string, prefix: string, count: number }} Job */

/** A call that failed for good is made again, with the same message id. */
const MOST_CALLS = 20

process.once('message', async (/** @type {Job} */ job) => {
  const pool = await openPostgres(job.url, { connections: 2 })
  const sdk = await createSdk({
    store: createPostgresStore({ pool, seedPhrase: job.seedPhrase, userId: 'ada' }),
  })
  let failures = 0
  for (let i = 0; i < job.count; i += 1) {
    const message = { id: `${job.prefix} ${i}`, role: /** @type {const} */ ('user'), content: `text ${i}` }
    for (let call = 1; ; call += 1) {
      try {
        await sdk.storage.appendMessage('one', message)
        break
      } catch (error) {
        failures += 1
        if (call === MOST_CALLS) throw error
      }
    }
  }
  await sdk.close()
  await pool.end()
  process.send?.({ acknowledged: job.count, failures })
  process.disconnect()
})
