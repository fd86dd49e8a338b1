// `npm start`: the harness and its own local portal. They end together.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '3006' },
    'portal-port': { type: 'string', default: '5522' },
    'data-dir': { type: 'string', default: '.s5' },
  },
})
const nextCommand = createRequire(pathOf('../harness/package.json')).resolve('next/dist/bin/next')
const portalUrl = `http://127.0.0.1:${values['portal-port']}`
const children = []
let isStopping = false

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop)
try {
  await requireFreePort('port')
  await requireFreePort('portal-port')
  await startPortal()
  await startHarness()
  console.log(`
S5 portal  ${portalUrl}, its data in ${values['data-dir']}
Harness    http://localhost:${values.port}
Stop both with Ctrl+C
Next: open http://localhost:${values.port}. Or run \`node examples/demo/hello.mjs\` in another terminal`)
} catch (error) {
  fail(error.message)
}

function startPortal() {
  const command = pathOf('../packages/s5-portal/bin/s5-portal.js')
  const args = ['--port', values['portal-port'], '--data-dir', values['data-dir'], '--faults']
  return startChild('The portal', [command, ...args], 'Stop with')
}

function startHarness() {
  const env = {
    ...process.env,
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    S5_PORTAL_URL: portalUrl,
    S5_DATA_DIR: resolve(values['data-dir']),
  }
  const args = [nextCommand, 'start', '-H', '127.0.0.1', '-p', values.port]
  return startChild('The harness', args, 'Ready in', { env, cwd: pathOf('../harness') })
}

/** Resolves once the child has printed `ready`. Its end is the end of all. */
function startChild(name, args, ready, options = {}) {
  const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  child.on('exit', () => isStopping || fail(`${name} has ended by itself: stopping the rest.`))
  return new Promise((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text) => text.includes(ready) && resolve())
  })
}

function stop() {
  isStopping = true
  for (const child of children) child.kill()
}

function fail(problem) {
  console.error(problem)
  process.exitCode = 1
  stop()
}

function requireFreePort(option) {
  const port = Number(values[option])
  const advice = `Port ${port} is taken. Stop what uses it, or choose another: npm start -- --${option} <port>`
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', () => reject(new Error(advice)))
    probe.listen(port, '127.0.0.1', () => probe.close(resolve))
  })
}

function pathOf(relative) {
  return fileURLToPath(new URL(relative, import.meta.url))
}
