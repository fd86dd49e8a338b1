import type { PGlite } from '@electric-sql/pglite'
import type { Pool } from 'pg'
import type { PostgresPool } from './postgres-pool'

/** A database that was opened here, to be ended here. */
export interface OpenedPostgres extends PostgresPool {
  /** Ends all connections. */
  end(): Promise<void>
}

/**
 * A pool of connections by `pg`. It connects with its first query, and a connection that breaks while it is idle
 * is replaced.
 * @param url `postgres://user:password@host:port/database`
 */
export async function openPostgres(
  url: string,
  options: { connections?: number } = {},
): Promise<OpenedPostgres> {
  const { default: pg } = await import('pg')
  const pool: Pool = new pg.Pool({ connectionString: url, max: options.connections ?? 10 })
  pool.on('error', () => {})
  return pool
}

/**
 * PostgreSQL inside this process, by PGlite: for development and tests. All calls share one backend.
 * @param folder where the data lies. @default memory
 */
export async function openPglite(folder?: string): Promise<OpenedPostgres> {
  const { PGlite: Database } = await import('@electric-sql/pglite')
  return poolOf(await Database.create(folder))
}

function poolOf(database: PGlite): OpenedPostgres {
  return {
    query: async (text, values) => {
      if (values !== undefined) return database.query(text, values)
      const results = await database.exec(text)
      return { rows: results.at(-1)?.rows ?? [] }
    },
    connect: async () => {
      let stop: (() => Promise<void>) | undefined
      let notify: (notification: { payload: string }) => void = () => {}
      return {
        query: async () => {
          stop = await database.listen('conversations', (payload) => notify({ payload }))
        },
        on: (event: string, listener: (notification: { payload: string }) => void) => {
          if (event === 'notification') notify = listener
        },
        release: () => stop?.().catch(() => {}),
      }
    },
    end: () => database.close(),
  }
}
