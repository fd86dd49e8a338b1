import { describe, expect, it } from 'vitest'
import { generateSeedPhrase } from '../../src/index'
import { createPostgresStore, migratePostgres, openPglite } from '../../src/postgres'
import { runConversationStoreSuite } from '../../src/testing/index'

const pool = await openPglite()
await migratePostgres(pool)
let users = 0

runConversationStoreSuite(
  {
    name: 'PostgreSQL in PGlite',
    createBackend: async () => {
      const owner = { pool, seedPhrase: generateSeedPhrase(), userId: `user ${users++}` }
      return { openWriter: async () => createPostgresStore(owner), close: async () => {} }
    },
  },
  { describe, it, expect },
)
