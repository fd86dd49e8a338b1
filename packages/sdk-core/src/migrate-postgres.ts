/// <reference path="./sql.d.ts" />
import conversations from '../sql/0001_conversations.sql'
import { translatePostgresError } from './storage/stores/postgres-errors'
import type { PostgresPool } from './storage/stores/postgres-pool'

/** In their order. A file that was released is never edited; it records that it ran. */
const MIGRATIONS = { '0001_conversations': conversations }

/**
 * Sets the database up, or brings it up to date: each file in one transaction, none twice. May run in several
 * processes at once. Gives back the names of the files that were missing.
 * @throws NotAuthenticatedError where the role may not make tables, StoreUnavailableError
 */
export async function migratePostgres(pool: PostgresPool): Promise<string[]> {
  try {
    const done = await readDone(pool)
    const missing = Object.entries(MIGRATIONS).filter(([name]) => !done.includes(name))
    for (const [, text] of missing) await pool.query(text)
    return missing.map(([name]) => name)
  } catch (error) {
    throw translatePostgresError(error)
  }
}

async function readDone(pool: PostgresPool): Promise<unknown[]> {
  const table = await pool.query(`SELECT to_regclass('conversation_migrations') AS name`)
  if (table.rows[0]?.name == null) return []
  const { rows } = await pool.query('SELECT name FROM conversation_migrations')
  return rows.map(({ name }) => name)
}
