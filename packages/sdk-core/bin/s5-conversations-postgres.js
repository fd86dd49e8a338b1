#!/usr/bin/env node
// Sets up a database, and copies conversations between stores. The seed phrase comes from S5_SEED_PHRASE.
import { createSdk } from '../dist/index.js'
import {
  copyConversations,
  createPostgresStore,
  migratePostgres,
  openPglite,
  openPostgres,
} from '../dist/postgres.js'

const USAGE = `Usage:
  s5-conversations-postgres migrate <store>
  s5-conversations-postgres copy <store> <store> [user]
A store is postgres://…, pglite:<folder>, or the http(s) URL of an S5 portal.`

const [command, first, second, user] = process.argv.slice(2)
try {
  if (command === 'migrate' && first !== undefined) await migrate(first)
  else if (command === 'copy' && second !== undefined) await copy(first, second)
  else throw new Error(USAGE)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function migrate(store) {
  const pool = await openDatabase(store)
  try {
    const done = await migratePostgres(pool)
    console.log(done.length === 0 ? 'Up to date' : `Ran ${done.join(', ')}`)
  } finally {
    await pool.end()
  }
}

async function copy(from, to) {
  const source = await open(from)
  try {
    const target = await open(to)
    try {
      const report = await copyConversations(source.sdk.storage, target.sdk.storage, { onProgress: show })
      console.log(JSON.stringify(report))
      if (report.different.length > 0) process.exitCode = 2
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

function show({ done, total }) {
  if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${total}${done === total ? '\n' : ''}`)
}

async function open(store) {
  const seedPhrase = process.env.S5_SEED_PHRASE
  if (/^https?:/.test(store)) {
    const sdk = await createSdk({ portals: [store], seedPhrase })
    return { sdk, close: () => sdk.close() }
  }
  const pool = await openDatabase(store)
  const owner = {
    ...(user === undefined ? {} : { userId: user }),
    ...(seedPhrase === undefined ? {} : { seedPhrase }),
  }
  const sdk = await createSdk({ store: createPostgresStore({ pool, ...owner }) })
  return {
    sdk,
    close: async () => {
      await sdk.close()
      await pool.end()
    },
  }
}

function openDatabase(store) {
  if (store.startsWith('pglite:')) return openPglite(store.slice('pglite:'.length))
  if (/^postgres(ql)?:/.test(store)) return openPostgres(store)
  throw new Error(USAGE)
}
