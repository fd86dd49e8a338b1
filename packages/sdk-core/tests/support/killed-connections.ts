import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { createSdk, generateSeedPhrase } from '../../src/index'
import { createPostgresStore, migratePostgres, openPostgres, type PostgresPool } from '../../src/postgres'
import { startPostgres } from './postgres-server.mjs'

const WORKER = fileURLToPath(new URL('../workers/append-postgres.mjs', import.meta.url))
/** At most this long between two kills, in ms. */
const KILL_EVERY_MS = 200
const KILL_ONE = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1`

/**
 * Processes that append to one conversation while their connections are killed at random: whatever was acknowledged
 * is there, once, in the order of each process, and each commit made one version.
 */
export async function checkKilledConnections(processes: number, count: number): Promise<void> {
  const server = await startPostgres()
  const url = await server.createDatabase()
  const pool = await openPostgres(url, { connections: 1 })
  try {
    await migratePostgres(pool)
    const seedPhrase = generateSeedPhrase()
    const jobs = Array.from({ length: processes }, (_, i) => ({
      url,
      seedPhrase,
      count,
      prefix: `process ${i}`,
    }))
    const kills = await killWhile(pool, Promise.all(jobs.map(runWorker)))
    expect(kills).toBeGreaterThan(5)
    await checkAllOnce(pool, seedPhrase, processes, count)
  } finally {
    await pool.end()
    await server.stop()
  }
}

async function runWorker(job: object): Promise<void> {
  const child = fork(WORKER, { execArgv: [] })
  child.send(job)
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`a worker ended with code ${code}`)
}

/** Gives back how many connections were killed. */
async function killWhile(pool: PostgresPool, work: Promise<unknown>): Promise<number> {
  let isDone = false
  let kills = 0
  const done = work.finally(() => {
    isDone = true
  })
  done.catch(() => {})
  while (!isDone) {
    kills += (await pool.query(KILL_ONE)).rows.length
    await new Promise((resolve) => setTimeout(resolve, Math.random() * KILL_EVERY_MS))
  }
  await done
  return kills
}

async function checkAllOnce(
  pool: PostgresPool,
  seedPhrase: string,
  processes: number,
  count: number,
): Promise<void> {
  const sdk = await createSdk({ store: createPostgresStore({ pool, seedPhrase, userId: 'ada' }) })
  const conversation = await sdk.storage.loadConversation('one')
  await sdk.close()
  const ids = conversation?.messages.map(({ id }) => id) ?? []
  expect(conversation).toMatchObject({ version: processes * count, messageCount: processes * count })
  for (let i = 0; i < processes; i += 1) {
    const prefix = `process ${i} `
    expect(ids.filter((id) => id.startsWith(prefix))).toEqual(
      Array.from({ length: count }, (_, j) => `${prefix}${j}`),
    )
  }
}
