// Appends to PostgreSQL: a row each beside the whole conversation as one JSON value, to short and to long
// conversations, and many at once; then a page of a long list.
import { createSdk, generateSeedPhrase } from '@s5-conversations/sdk-core'
import { createPostgresStore, migratePostgres, openPostgres } from '@s5-conversations/sdk-core/postgres'
import { startPostgres } from '../../sdk-core/tests/support/postgres-server.mjs'

const LONG = 100_000
const APPENDS = 200
const CONNECTIONS = 16
const AT_ONCE_SECONDS = 3
const TEXT = 'All that we see or seem is but a dream within a dream. '.repeat(10).slice(0, 500)

const server = await startPostgres()
try {
  const pool = await openPostgres(await server.createDatabase(), { connections: CONNECTIONS })
  await migratePostgres(pool)
  await fill(pool)
  const sdk = await createSdk({
    store: createPostgresStore({ pool, userId: 'ada', seedPhrase: generateSeedPhrase(), encrypt: false }),
  })
  const append = (/** @type {string} */ id, encrypt = false) =>
    sdk.storage.appendMessage(id, { role: 'user', content: TEXT }, { encrypt })
  await append('short')
  console.table([
    await measure('append to 10 messages', (_) => append('short')),
    await measure(`append to ${LONG} messages`, (_) => append('long')),
    await measure('append to 10 messages, sealed', (_) => append('sealed', true)),
    await measure('rewrite 1,000 messages as JSON', () => rewrite(pool)),
    await measure('list 50 of 100,000', () => sdk.storage.listConversations({ limit: 50 })),
    await atOnce(`append, ${CONNECTIONS} connections`, append, false),
    await atOnce(`append sealed, ${CONNECTIONS} connections`, append, true),
  ])
  await sdk.close()
  await pool.end()
} finally {
  await server.stop()
}

/** @param {import('@s5-conversations/sdk-core/postgres').PostgresPool} pool */
async function fill(pool) {
  const message = JSON.stringify({ role: 'user', content: TEXT, createdAt: 1 })
  await pool.query(`INSERT INTO users VALUES ('ada')`)
  await pool.query(
    `INSERT INTO conversations (user_id, id, title) SELECT 'ada', 'c' || i, 'Title ' || i FROM generate_series(1, 100000) i`,
  )
  await pool.query(
    `INSERT INTO conversations (user_id, id, message_count, last_sequence) VALUES ('ada', 'long', $1::INTEGER, $1::INTEGER), ('ada', 'short', 10, 10)`,
    [LONG],
  )
  await pool.query(
    `INSERT INTO conversation_messages SELECT 'ada', id, i, 'm' || i, 1, $1::JSONB FROM conversations, generate_series(1, last_sequence) i WHERE id IN ('long', 'short')`,
    [message],
  )
  await pool.query('CREATE TABLE whole (id TEXT PRIMARY KEY, messages JSONB)')
  await pool.query(`INSERT INTO whole SELECT 'c', jsonb_agg($1::JSONB) FROM generate_series(1, 1000)`, [
    message,
  ])
  await pool.query('ANALYZE')
}

/** What is done where a conversation is one JSON value. @param {import('@s5-conversations/sdk-core/postgres').PostgresPool} pool */
async function rewrite(pool) {
  const { rows } = await pool.query('SELECT messages FROM whole')
  const messages = [
    .../** @type {unknown[]} */ (rows[0]?.messages ?? []),
    { role: 'user', content: TEXT, createdAt: 2 },
  ]
  await pool.query('UPDATE whole SET messages = $1', [JSON.stringify(messages)])
}

/** @param {string} operation @param {(i: number) => Promise<unknown>} task */
async function measure(operation, task) {
  for (let i = 0; i < 20; i += 1) await task(i)
  /** @type {number[]} */
  const times = []
  for (let i = 0; i < APPENDS; i += 1) {
    const start = performance.now()
    await task(i)
    times.push(performance.now() - start)
  }
  times.sort((a, b) => a - b)
  const [p50, p95] = [0.5, 0.95].map((part) => round(times[Math.floor(times.length * part)] ?? 0))
  return {
    operation,
    p50,
    p95,
    perSecond: round(1000 / (times.reduce((sum, time) => sum + time, 0) / times.length)),
  }
}

/** @param {string} operation @param {(id: string, encrypt: boolean) => Promise<unknown>} append @param {boolean} encrypt */
async function atOnce(operation, append, encrypt) {
  const end = performance.now() + AT_ONCE_SECONDS * 1000
  let done = 0
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async (_, i) => {
      for (; performance.now() < end; done += 1) await append(`at once ${encrypt} ${i}`, encrypt)
    }),
  )
  return { operation, perSecond: round(done / AT_ONCE_SECONDS) }
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 100) / 100
}
