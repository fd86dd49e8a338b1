import { afterAll, describe, expect, it } from 'vitest'
import { generateSeedPhrase } from '../../src/index'
import { createPostgresStore, migratePostgres, openPostgres } from '../../src/postgres'
import { runConversationStoreSuite } from '../../src/testing/index'
import { startPostgres } from '../support/postgres-server.mjs'

const server = await startPostgres()
const pool = await openPostgres(await server.createDatabase())
await migratePostgres(pool)
let users = 0

afterAll(async () => {
  await pool.end()
  await server.stop()
})

runConversationStoreSuite(
  {
    name: 'PostgreSQL',
    createBackend: async () => {
      const owner = { pool, seedPhrase: generateSeedPhrase(), userId: `user ${users++}` }
      return {
        openWriter: async () => createPostgresStore(owner),
        crash: server.crash,
        close: async () => {},
      }
    },
  },
  { describe, it, expect },
)
