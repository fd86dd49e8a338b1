import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, it } from 'vitest'
import { generateSeedPhrase } from '../../src/index'
import { openPostgres } from '../../src/postgres'
import { startPostgres } from '../support/postgres-server.mjs'

const run = promisify(execFile)
const PACKAGE = fileURLToPath(new URL('../..', import.meta.url))
const GUIDE = join(PACKAGE, '../../docs/guides/postgres.md')

const server = await startPostgres()
const url = await server.createDatabase()
const pool = await openPostgres(url)
afterAll(async () => {
  await pool.end()
  await server.stop()
})

/** An empty application in which what the guide installs is linked. */
async function createApp(): Promise<string> {
  const app = await mkdtemp(join(tmpdir(), 's5-guide-'))
  const links = {
    '@s5-conversations/sdk-core': PACKAGE,
    pg: join(PACKAGE, 'node_modules/pg'),
    '@electric-sql/pglite': join(PACKAGE, 'node_modules/@electric-sql/pglite'),
    '.bin/s5-conversations-postgres': join(PACKAGE, 'bin/s5-conversations-postgres.js'),
  }
  for (const [name, target] of Object.entries(links)) {
    await mkdir(dirname(join(app, 'node_modules', name)), { recursive: true })
    await symlink(target, join(app, 'node_modules', name))
  }
  return app
}

async function follow(app: string, language: string, text: string): Promise<string> {
  if (language === 'sql') {
    await pool.query(text)
    return ''
  }
  if (language === 'js') {
    const [, name = ''] = /^\/\/ (\S+)/.exec(text) ?? []
    await writeFile(join(app, name), text)
    return ''
  }
  const { NODE_OPTIONS: _, ...rest } = process.env
  const env = { ...rest, DATABASE_URL: url, S5_SEED_PHRASE: seedPhrase }
  const commands = text.replaceAll(/^npm install .*$/gm, '')
  return (await run('bash', ['-euc', commands], { cwd: app, env })).stdout
}

const seedPhrase = generateSeedPhrase()

it('The guide leads from an empty database through all of its commands', async () => {
  const app = await createApp()
  const blocks = [...(await readFile(GUIDE, 'utf8')).matchAll(/```(sh|js|sql)\n(.*?)```/gs)]
  const printed: string[] = []
  for (const [, language = '', text = ''] of blocks) printed.push(await follow(app, language, text))
  await rm(app, { recursive: true })
  expect(printed.filter((text) => text !== '').map((text) => text.trim().split('\n'))).toEqual([
    ['Ran 0001_conversations'],
    ['Hello'],
    ['Ran 0001_conversations'],
    ['{"copied":3,"present":0,"different":[]}', '{"copied":0,"present":3,"different":[]}'],
  ])
  const { rows } = await pool.query(`SELECT id FROM load_conversations('ada') ORDER BY id`)
  expect(rows.map(({ id }) => id)).toEqual(['first', 'from sql', 'old'])
})
