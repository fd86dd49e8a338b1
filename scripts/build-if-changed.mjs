// Builds what does not match its inputs any more, and leaves the rest alone.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const harness = join(root, 'harness')
const SHARED = ['pnpm-lock.yaml', 'tsconfig.base.json', 'package.json']

/** The command of Next.js. */
export const nextCommand = createRequire(join(harness, 'package.json')).resolve('next/dist/bin/next')

/** Sees to it that the packages and the production build of the harness are those of the sources. */
export function buildAll() {
  buildPackages()
  buildHarness()
}

function buildPackages() {
  const folders = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name))
  const built = folders.filter((folder) => existsSync(join(folder, 'tsup.config.ts')))
  const inputs = built.flatMap((folder) =>
    ['src', 'sql', 'package.json', 'tsup.config.ts'].map((name) => join(folder, name)),
  )
  const isThere = built.every((folder) => existsSync(join(folder, 'dist')))
  buildIfChanged('the packages', inputs, join(root, 'node_modules/.packages-built'), isThere, () =>
    run('npm', ['run', '--silent', 'build'], root),
  )
}

function buildHarness() {
  const own = [
    'app',
    'components',
    'lib',
    'public',
    'package.json',
    'next.config.ts',
    'postcss.config.mjs',
    'tsconfig.json',
  ]
  const inputs = [...own.map((name) => join(harness, name)), join(root, 'node_modules/.packages-built')]
  const isThere = existsSync(join(harness, '.next/BUILD_ID'))
  buildIfChanged('the harness', inputs, join(harness, '.next/inputs-built'), isThere, () =>
    run(process.execPath, [nextCommand, 'build'], harness),
  )
}

/** `stamp` holds the hash of the inputs that were built last. */
function buildIfChanged(name, inputs, stamp, isThere, build) {
  const hash = hashOf([...SHARED.map((file) => join(root, file)), ...inputs])
  if (isThere && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return
  console.log(`Building ${name} …`)
  rmSync(stamp, { force: true })
  build()
  writeFileSync(stamp, hash)
}

function hashOf(inputs) {
  const hash = createHash('sha256')
  for (const file of inputs.filter(existsSync).flatMap(filesIn).sort()) {
    hash.update(`${file}\0${createHash('sha256').update(readFileSync(file)).digest('hex')}\0`)
  }
  return hash.digest('hex')
}

function filesIn(path) {
  if (statSync(path).isFile()) return [path]
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
}

function run(command, args, cwd) {
  const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' }
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8' })
  if (status === 0) return
  console.error(`${stdout}${stderr}`)
  throw new Error(`\`${[command, ...args].join(' ')}\` failed: see above.`)
}
