// Makes a bare clone ready: installs the locked dependencies with the pinned pnpm, unless they are there.
import { spawnSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('.', import.meta.url))

const modifiedAt = (file) => statSync(root + file, { throwIfNoEntry: false })?.mtimeMs ?? 0
const isInstalled = () => modifiedAt('node_modules/.modules.yaml') > modifiedAt('pnpm-lock.yaml')

function run(command, args) {
  const env = { ...process.env, COREPACK_ENABLE_DOWNLOAD_PROMPT: '0' }
  return spawnSync(command, args, { cwd: root, stdio: 'inherit', env }).status === 0
}

function install() {
  const { packageManager } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))
  const [pinned] = packageManager.split('+')
  const args = ['install', '--frozen-lockfile']
  return run('corepack', ['pnpm', ...args]) || run('npx', ['--yes', pinned, ...args])
}

if (!isInstalled() && !install()) {
  console.error('Could not install the dependencies: see the messages above.')
  process.exit(1)
}
