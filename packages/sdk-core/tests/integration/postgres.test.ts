import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { createSdk, generateSeedPhrase, type Sdk } from '../../src/index'
import {
  createPostgresStore,
  migratePostgres,
  type OpenedPostgres,
  openPostgres,
  type PostgresStoreOptions,
} from '../../src/postgres'
import { startPostgres } from '../support/postgres-server.mjs'

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url))
const SQL_FILE = join(PACKAGE, 'sql/0001_conversations.sql')
const server = await startPostgres()
const url = await server.createDatabase()
const pool = await openPostgres(url)
const opened: OpenedPostgres[] = [pool]
await migratePostgres(pool)

afterAll(async () => {
  for (const each of opened) await each.end()
  await server.stop()
})

async function openAs(role: string, database = url): Promise<OpenedPostgres> {
  const other = await openPostgres(database.replace('postgres@', `${role}@`))
  opened.push(other)
  return other
}

function sdkOf(options: Partial<PostgresStoreOptions> = {}): Promise<Sdk> {
  return createSdk({ store: createPostgresStore({ pool, seedPhrase: generateSeedPhrase(), ...options }) })
}

function text(content: string) {
  return { role: 'user' as const, content }
}

/** What a query is refused with: its SQLSTATE. */
async function stateOf(query: Promise<unknown>): Promise<unknown> {
  const error = await query.then(
    () => undefined,
    (refusal: unknown) => refusal,
  )
  return (error as { code?: unknown } | undefined)?.code
}

describe('Setting up', () => {
  it('Migrations that run at once, again, and as psql runs them set up the database once', async () => {
    const fresh = await openAs('postgres', await server.createDatabase())
    const done = await Promise.all([migratePostgres(fresh), migratePostgres(fresh), migratePostgres(fresh)])
    expect(done.flat()).toContain('0001_conversations')
    expect(await migratePostgres(fresh)).toEqual([])
    await fresh.query(await readFile(SQL_FILE, 'utf8'))
    const { rows } = await fresh.query('SELECT name FROM conversation_migrations')
    expect(rows).toEqual([{ name: '0001_conversations' }])
  })

  it('A database that was not set up says so, and nothing is retried', async () => {
    const empty = await openAs('postgres', await server.createDatabase())
    const sdk = await sdkOf({ pool: empty })
    await expect(sdk.storage.appendMessage('c', text('x'))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      retryable: false,
      message: 'the database is not set up: run migratePostgres',
    })
  })
})

describe('The SQL functions', () => {
  const save = `SELECT * FROM save_conversation(p_user_id => $1, p_conversation_id => $2, p_title => $3,
    p_messages => $4, p_force_overwrite => $5)`
  const message = (id: string, content = id) => ({ id, role: 'user', content, createdAt: 1 })

  it('What SQL saves the SDK loads, and lists', async () => {
    const values = ['sql', "a'; DROP TABLE conversations; --", `O'Brien "quoted" \\`, [message('m1')], false]
    await pool.query(
      save,
      values.map((value) => (Array.isArray(value) ? JSON.stringify(value) : value)),
    )
    const sdk = await sdkOf({ userId: 'sql' })
    const loaded = await sdk.storage.loadConversation(String(values[1]))
    expect(loaded).toMatchObject({ title: values[2], version: 1, messages: [message('m1')] })
    expect((await sdk.storage.listConversations()).items).toMatchObject([{ id: values[1], encrypted: false }])
    const { rows } = await pool.query('SELECT * FROM load_conversations(p_user_id => $1)', ['sql'])
    expect(rows).toMatchObject([{ id: values[1], title: values[2], version: 1, metadata: {} }])
  })

  it('A forced overwrite leaves exactly what is given, and keeps the version before', async () => {
    const values = (ids: string[], isForced: boolean) => [
      'forced',
      'c',
      null,
      JSON.stringify(ids.map((id) => message(id))),
      isForced,
    ]
    await pool.query(save, values(['m1', 'm2'], false))
    await pool.query(save, values(['m2', 'm3'], true))
    const sdk = await sdkOf({ userId: 'forced' })
    const idsAt = async (version?: number) =>
      (await sdk.storage.loadConversation('c', version === undefined ? {} : { version }))?.messages.map(
        ({ id }) => id,
      )
    expect(await idsAt()).toEqual(['m2', 'm3'])
    expect(await idsAt(1)).toEqual(['m1', 'm2'])
    const versions: number[] = []
    for await (const { version } of sdk.storage.listVersions('c')) versions.push(version)
    expect(versions).toEqual([2, 1])
    await expect(idsAt(7)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  it('Conflicts have SQLSTATEs of their own, with version and checksum in the detail', async () => {
    const append = 'SELECT * FROM append_messages($1, $2, $3, $4, $5)'
    const { rows } = await pool.query(append, ['states', 'c', JSON.stringify([message('m1')]), null, 'key'])
    const stale = pool.query(append, ['states', 'c', JSON.stringify([message('m2')]), 5, null])
    const refusal = (await stale.catch((error: unknown) => error)) as { code: string; detail: string }
    expect([refusal.code, JSON.parse(refusal.detail)]).toEqual([
      'S5002',
      { version: 1, checksum: rows[0]?.checksum },
    ])
    const again = await pool.query(append, ['states', 'c', JSON.stringify([message('m1')]), null, 'key'])
    expect(again.rows).toMatchObject([{ version: 1, outcome: 'PERSISTENCE_IDEMPOTENT_REPLAY' }])
    const reuse = pool.query(append, ['states', 'c', JSON.stringify([message('m3')]), null, 'key'])
    expect(await stateOf(reuse)).toBe('S5004')
    await pool.query('SELECT * FROM delete_conversation($1, $2)', ['states', 'c'])
    const late = pool.query(append, ['states', 'c', JSON.stringify([message('m4')]), null, null])
    expect(await stateOf(late)).toBe('S5003')
    expect((await pool.query('SELECT * FROM load_conversations($1)', ['states'])).rows).toEqual([])
  })

  it('A receipt is forgotten when it has expired', async () => {
    const append = 'SELECT outcome FROM append_messages($1, $2, $3, NULL, $4)'
    await pool.query(append, ['expiry', 'c', JSON.stringify([message('m1')]), 'key'])
    await pool.query(
      `UPDATE conversation_receipts SET expires_at = now() - interval '1 second' WHERE user_id = 'expiry'`,
    )
    const { rows } = await pool.query(append, ['expiry', 'c', JSON.stringify([message('m2')]), 'key'])
    expect(rows).toEqual([{ outcome: 'COMMITTED' }])
  })

  it('Conversations move out of the JSON column of an application once, all or none', async () => {
    await pool.query('CREATE TABLE app_users (uid UUID PRIMARY KEY, app_state JSON)')
    const uid = '7f000001-0000-4000-8000-000000000001'
    const conversations = [
      { id: 'a', title: 'A', messages: [{ role: 'user', content: 'hi', mood: 'good' }], metadata: { x: 1 } },
      { id: 'b', messages: [] },
    ]
    const insert = 'INSERT INTO app_users VALUES ($1, $2)'
    await pool.query(insert, [uid, JSON.stringify({ theme: 'dark', conversations })])
    const run = () => pool.query(`SELECT import_app_state($1, 'app_users', 'uid') AS count`, [uid])
    expect([(await run()).rows, (await run()).rows]).toEqual([[{ count: 2 }], [{ count: 0 }]])
    expect((await pool.query('SELECT app_state FROM app_users')).rows).toEqual([
      { app_state: { theme: 'dark' } },
    ])
    const sdk = await sdkOf({ userId: uid })
    const { messages, title, metadata } = (await sdk.storage.loadConversation('a')) ?? {}
    expect({ title, metadata }).toEqual({ title: 'A', metadata: { x: 1 } })
    expect(messages).toMatchObject([{ role: 'user', content: 'hi', metadata: { mood: 'good' } }])

    const bad = [
      { id: 'c', messages: [] },
      { id: 'd', messages: [{ role: 'nobody' }] },
    ]
    await pool.query('UPDATE app_users SET app_state = $1', [JSON.stringify({ conversations: bad })])
    expect(await stateOf(run())).toBe('S5006')
    expect((await pool.query('SELECT id FROM load_conversations($1)', [uid])).rows).toHaveLength(2)
  })
})

describe('Roles', () => {
  it('The role of a user reads and writes its own rows and no others', async () => {
    await pool.query(`CREATE ROLE alice LOGIN; CREATE ROLE bob LOGIN; CREATE ROLE stranger LOGIN`)
    await pool.query(`SELECT allow_conversations('alice'), allow_conversations('bob')`)
    const [alice, bob] = [await openAs('alice'), await openAs('bob')]
    const [ofAlice, ofBob] = [await sdkOf({ pool: alice }), await sdkOf({ pool: bob })]
    await ofAlice.storage.appendMessage('diary', text('secret'), { encrypt: false })
    await ofBob.storage.appendMessage('diary', text('other'), { encrypt: false })
    expect((await ofBob.storage.loadConversation('diary'))?.messages).toMatchObject([{ content: 'other' }])

    const asAlice = await sdkOf({ pool: bob, userId: 'alice' })
    const refused = { code: 'NOT_AUTHENTICATED' }
    await expect(asAlice.storage.loadConversation('diary')).rejects.toMatchObject(refused)
    await expect(asAlice.storage.listConversations()).rejects.toMatchObject(refused)
    await expect(asAlice.storage.appendMessage('diary', text('forged'))).rejects.toMatchObject(refused)
    await expect(asAlice.storage.deleteConversation('diary')).rejects.toMatchObject(refused)

    const tables = ['conversations', 'conversation_messages', 'conversation_history', 'conversation_versions']
    for (const table of tables) {
      expect(await stateOf(bob.query(`DELETE FROM ${table}`))).toBe('42501')
      expect(await stateOf(bob.query(`UPDATE ${table} SET version = 9`))).toBe('42501')
      const { rows } = await bob.query(`SELECT DISTINCT user_id FROM ${table}`)
      expect(rows.filter(({ user_id }) => user_id !== 'bob')).toEqual([])
    }
    const inner = `SELECT erase_conversation(jsonb_populate_record(NULL::conversations, '{"user_id":"alice","id":"diary","version":1}'))`
    expect(await stateOf(bob.query(inner))).toBe('42501')
    await bob.query('CREATE TEMP TABLE conversations (user_id TEXT, id TEXT)')
    await ofBob.storage.appendMessage('diary', text('into the real table'), { encrypt: false })
    expect(await stateOf(bob.query('SELECT set_config($1, $2, false)', ['role', 'alice']))).toBe('42501')
    expect((await ofAlice.storage.loadConversation('diary'))?.version).toBe(1)
  })

  it('A role without rights is not authenticated, and one that owns the tables acts for all users', async () => {
    const stranger = await sdkOf({ pool: await openAs('stranger') })
    await expect(stranger.storage.appendMessage('c', text('x'))).rejects.toMatchObject({
      code: 'NOT_AUTHENTICATED',
    })
    const gateway = await sdkOf({ userId: 'alice' })
    expect((await gateway.storage.loadConversation('diary'))?.messages).toMatchObject([{ content: 'secret' }])
  })

  it('The role `authenticated` is the subject of its token', async () => {
    await pool.query(`CREATE ROLE authenticated LOGIN`)
    await pool.query(`SELECT allow_conversations('authenticated')`)
    const client = new pg.Client(url.replace('postgres@', 'authenticated@'))
    await client.connect()
    await client.query(`SELECT set_config('request.jwt.claims', '{"sub":"carol"}', false)`)
    await client.query(`SELECT save_conversation(NULL, 'c', 'of Carol', '[]')`)
    expect((await client.query('SELECT user_id, title FROM conversations')).rows).toEqual([
      { user_id: 'carol', title: 'of Carol' },
    ])
    await client.end()
  })
})

describe('Bad input and bad days', () => {
  it('Sealed conversations show nothing readable in any column', async () => {
    const sdk = await sdkOf({ userId: 'sealed' })
    const secret = 'the treasure is under the oak'
    await sdk.storage.appendMessage('c', text(secret))
    await sdk.storage.updateConversation('c', { title: secret, metadata: { place: secret } })
    await sdk.storage.editMessage(
      'c',
      (await sdk.storage.loadConversation('c'))?.messages[0]?.id ?? '',
      `${secret}!`,
    )
    for (const table of [
      'conversations',
      'conversation_messages',
      'conversation_history',
      'conversation_receipts',
    ]) {
      const { rows } = await pool.query(
        `SELECT t::TEXT AS row, encode(convert_to(t::TEXT, 'UTF8'), 'hex') FROM ${table} t`,
      )
      expect(JSON.stringify(rows)).not.toContain('treasure')
    }
    expect(await sdk.storage.loadConversation('c')).toMatchObject({
      title: secret,
      metadata: { place: secret },
    })
    const other = await sdkOf({ userId: 'sealed' })
    await expect(other.storage.loadConversation('c')).rejects.toMatchObject({ code: 'DECRYPTION_FAILED' })
    await pool.query(`UPDATE conversation_messages SET sealed = NULL,
      body = '{"role":"user","content":"forged","createdAt":1}' WHERE user_id = 'sealed'`)
    await expect(sdk.storage.loadConversation('c')).rejects.toMatchObject({ code: 'CORRUPT_RECORD' })
  })

  it('Without a seed phrase nothing is saved readable by accident', async () => {
    const sdk = await createSdk({ store: createPostgresStore({ pool, userId: 'keyless' }) })
    await expect(sdk.storage.appendMessage('c', text('x'))).rejects.toMatchObject({
      code: 'NOT_AUTHENTICATED',
    })
    expect(await sdk.storage.loadConversation('c')).toBeUndefined()
    await sdk.storage.appendMessage('c', text('x'), { encrypt: false })
    expect((await sdk.storage.loadConversation('c'))?.messageCount).toBe(1)
  })

  it('A conversation that is sealed later leaves nothing readable', async () => {
    const sdk = await sdkOf({ userId: 'later' })
    await sdk.storage.saveConversationPlaintext({
      id: 'c',
      title: 'open',
      messages: [{ id: 'm', ...text('open book') }],
    })
    await sdk.storage.editMessage('c', 'm', 'open door')
    await sdk.storage.saveConversationEncrypted({ id: 'c', messages: [] })
    const { rows } =
      await pool.query(`SELECT m::TEXT AS row FROM conversation_messages m WHERE user_id = 'later'
      UNION ALL SELECT h::TEXT FROM conversation_history h WHERE user_id = 'later'
      UNION ALL SELECT c::TEXT FROM conversations c WHERE user_id = 'later'`)
    expect(JSON.stringify(rows)).not.toContain('open')
    expect(await sdk.storage.loadConversation('c')).toMatchObject({
      title: 'open',
      messages: [{ content: 'open door' }],
    })
  })

  it('Text that JSONB cannot hold survives in readable conversations', async () => {
    const sdk = await sdkOf({ userId: 'nul', encrypt: false })
    await sdk.storage.appendMessage('c', text('a\u0000b'))
    await sdk.storage.updateConversation('c', { title: 'a\u0000b', metadata: { 'x\u0000': 'y' } })
    expect(await sdk.storage.loadConversation('c')).toMatchObject({
      title: 'a\u0000b',
      metadata: { 'x\u0000': 'y' },
      messages: [{ content: 'a\u0000b' }],
    })
  })

  it('Invalid JSON, ids and messages, and a message of 5 MB, are refused and leave nothing', async () => {
    const append = (id: string, messages: string) =>
      stateOf(pool.query(`SELECT append_messages('bad', $1, $2)`, [id, messages]))
    expect(await append('c', '{oops')).toBe('22P02')
    expect(await append('c', '[{"id":"m","role":"user","content":"\\u0000"}]')).toBe('22P05')
    expect(await append('', '[]')).toBe('S5006')
    expect(await append('line\nbreak', '[]')).toBe('S5006')
    for (const wrong of [
      {},
      [1],
      [{ role: 'user' }],
      [{ role: 'king', content: 'x' }],
      [{ role: 'user', content: '' }],
      [{ role: 'user', content: 'x', createdAt: 'yesterday' }],
      [
        { role: 'user', content: 'fine' },
        { id: 7, role: 'user', content: 'x' },
      ],
      [{ role: 'user', content: 'x'.repeat(5_000_000) }],
    ]) {
      expect(await append('c', JSON.stringify(wrong))).toBe('S5006')
    }
    expect((await pool.query(`SELECT * FROM conversations WHERE user_id = 'bad'`)).rows).toEqual([])
  })

  it('A database that takes no writes is told from one that is not there; both keep what was there', async () => {
    const readOnly = await openPostgres(`${url}?options=-c%20default_transaction_read_only%3Don`)
    opened.push(readOnly)
    const [writer, reader] = [
      await sdkOf({ userId: 'ro', encrypt: false }),
      await sdkOf({ pool: readOnly, userId: 'ro', encrypt: false }),
    ]
    await writer.storage.appendMessage('c', text('x'))
    await expect(reader.storage.appendMessage('c', text('y'))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      retryable: false,
    })
    expect((await reader.storage.loadConversation('c'))?.messageCount).toBe(1)
    const nowhere = await openPostgres('postgres://postgres@127.0.0.1:1/none')
    opened.push(nowhere)
    const store = createPostgresStore({ pool: nowhere })
    await expect(store.load('c', {}, AbortSignal.timeout(20_000))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      retryable: true,
    })
  })

  /** What a full disk and a lost race look like in the middle of a save: an error while a message is written. */
  async function failWhileWriting(user: string, state: string, times: number): Promise<void> {
    await pool.query(`CREATE SEQUENCE failures_of_${user};
      CREATE FUNCTION fail_for_${user}() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('public.failures_of_${user}') <= ${times} THEN RAISE EXCEPTION 'as planned' USING ERRCODE = '${state}'; END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER fail_for_${user} AFTER INSERT ON conversation_messages FOR EACH ROW
        WHEN (NEW.user_id = '${user}') EXECUTE FUNCTION fail_for_${user}()`)
  }

  it('A save that the database fails in the middle of leaves nothing half-written', async () => {
    await failWhileWriting('full', '53100', 1000)
    const sdk = await sdkOf({ userId: 'full' })
    await expect(sdk.storage.appendMessage('c', text('x'))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      retryable: false,
      outcome: 'not-written',
    })
    for (const table of ['users', 'conversations', 'conversation_messages']) {
      const { rows } = await pool.query(`SELECT * FROM ${table} t WHERE t::TEXT LIKE '%full%'`)
      expect(rows).toEqual([])
    }
  })

  it('A lost race is retried until it is won', async () => {
    await failWhileWriting('race', '40001', 2)
    const sdk = await sdkOf({ userId: 'race' })
    expect(await sdk.storage.appendMessage('c', text('x'))).toMatchObject({
      version: 1,
      outcome: 'COMMITTED',
    })
    expect(await sdk.storage.loadConversation('c')).toMatchObject({ version: 1, messageCount: 1 })
  })

  it('An append is one round trip', async () => {
    const sdk = await sdkOf({ userId: 'trips' })
    await sdk.storage.appendMessage('c', text('first'))
    const { requests } = sdk.storage.getStats()
    for (let i = 0; i < 5; i += 1) await sdk.storage.appendMessage('c', text(`text ${i}`))
    expect(sdk.storage.getStats().requests - requests).toBe(5)
  })

  it('A database clock that was ahead does not make versions or the order of messages go back', async () => {
    const sdk = await sdkOf({ userId: 'clock' })
    await sdk.storage.appendMessage('c', text('first'))
    await pool.query(`UPDATE conversations SET last_modified = '2100-01-01' WHERE user_id = 'clock'`)
    const before = (await sdk.storage.loadConversation('c'))?.updatedAt ?? 0
    await sdk.storage.appendMessage('c', text('second'))
    const after = await sdk.storage.loadConversation('c')
    expect(after).toMatchObject({ version: 2, messages: [{ content: 'first' }, { content: 'second' }] })
    expect(after?.updatedAt).toBeGreaterThanOrEqual(before)
  })
})

describe('Watching', () => {
  it('Every writer hears of new versions, also after the listening connection was killed', async () => {
    const [one, other] = [await sdkOf({ userId: 'watch' }), await sdkOf({ userId: 'watch' })]
    const heard: number[] = []
    const stop = other.storage.watchConversation('c', ({ version }) => heard.push(version))
    await one.storage.appendMessage('c', text('1'))
    await expect.poll(() => heard.at(-1), { timeout: 20_000 }).toBe(1)
    await pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN conversations'`,
    )
    await one.storage.appendMessage('c', text('2'), { encrypt: false }).catch(() => {})
    await one.storage.appendMessage('c', text('3'))
    const { version } = (await one.storage.loadConversation('c')) ?? {}
    await expect.poll(() => heard.at(-1), { timeout: 20_000 }).toBe(version)
    expect(heard).toEqual([...heard].sort((a, b) => a - b))
    stop()
  })
})

describe('Plans', () => {
  it('Every query of the functions uses an index, as EXPLAIN says of each while it runs', async () => {
    const database = await server.createDatabase()
    const large = await openAs('postgres', database)
    await migratePostgres(large)
    await large.query(`INSERT INTO users SELECT 'u' || i FROM generate_series(1, 20) i`)
    await large.query(`INSERT INTO conversations (user_id, id, message_count, last_sequence)
      SELECT 'u' || 1 + i % 20, 'c' || i, 20, 20 FROM generate_series(1, 5000) i`)
    await large.query(`INSERT INTO conversation_messages SELECT user_id, id, i, 'm' || i, 1, '{"role":"user","content":"x","createdAt":1}'
      FROM conversations, generate_series(1, 20) i`)
    await large.query(
      `INSERT INTO conversation_history SELECT user_id, conversation_id, sequence, id, 0, 1, body FROM conversation_messages WHERE sequence < 4`,
    )
    await large.query(
      `INSERT INTO conversation_versions SELECT user_id, id, 0, '', now(), NULL, '{}', '{}', NULL, 0 FROM conversations`,
    )
    await large.query(`INSERT INTO conversation_receipts SELECT user_id, id, 'k', 'i', 1 FROM conversations`)
    await large.query('ANALYZE')
    const client = new pg.Client(database)
    const plans: string[] = []
    client.on('notice', ({ message }) => plans.push(String(message)))
    await client.connect()
    await client.query(`LOAD 'auto_explain'`)
    await client.query(
      `SET auto_explain.log_min_duration = 0; SET auto_explain.log_nested_statements = on; SET client_min_messages = log`,
    )
    for (const call of [
      `append_messages('u2', 'c1', '[{"id":"new","role":"user","content":"x"}]', NULL, 'key')`,
      `save_conversation('u2', 'c1', 'T', '[{"id":"m1","role":"user","content":"y"}]', true)`,
      `commit_conversation('u3', 'c2', 1, '', '{"messages":[{"id":"m1","deleted":true}],"metadata":{},"removedFields":[],"encrypted":false,"keep":true,"receipts":[["a","b"]]}')`,
      `load_conversations('u2', NULL, 50)`,
      `load_conversations('u2', '4000000000000000.c1', 50)`,
      `load_messages('u2', 'c21', 'm15', 5)`,
      `load_messages('u2', 'c21', NULL, NULL, 0)`,
      `load_records('u2', 'c21', '{m1,m2}')`,
      `load_records('u2', 'c21')`,
      `load_conversation('u2', 'c21', 0, '{k}')`,
      `load_versions('u2', 'c21')`,
      `delete_conversation('u2', 'c21')`,
    ]) {
      await client.query(`SELECT * FROM ${call}`)
    }
    await client.end()
    expect(plans.filter((plan) => plan.includes('Index')).length).toBeGreaterThan(20)
    expect(plans.filter((plan) => /Seq Scan on (conversation|users)/.test(plan))).toEqual([])
  })
})

it('The SQL file is in the package', () => {
  const pack = execFileSync('npm', ['pack', '--dry-run', '--json', '--silent'], {
    cwd: PACKAGE,
    encoding: 'utf8',
  })
  expect(pack).toContain('"sql/0001_conversations.sql"')
})
