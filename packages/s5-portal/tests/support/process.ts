import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const BIN = fileURLToPath(new URL('../../bin/s5-portal.js', import.meta.url))
const BUILT = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

/** Starts the built `s5-portal` command; it is killed when the test ends. */
export function spawnCommand(...args: string[]): ChildProcess {
  return spawnProcess(process.execPath, BIN, ...args)
}

function spawnProcess(program: string, ...args: string[]): ChildProcess {
  if (!existsSync(BUILT)) throw new Error('dist/cli.js is missing: run `npm run build` first')
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

/** Runs the command to its end. */
export async function runCommand(...args: string[]) {
  const child = spawnCommand(...args)
  return finishCommand(child)
}

/** @returns what the command prints from now on, and its exit code. */
export async function finishCommand(child: ChildProcess) {
  const [stdout, stderr, [code]] = await Promise.all([
    child.stdout === null ? '' : text(child.stdout),
    child.stderr === null ? '' : text(child.stderr),
    once(child, 'exit'),
  ])
  return { stdout, stderr, code: code as number | null }
}

/** Starts a portal process on a free port and waits until it says that it is ready. */
export async function spawnPortal(...args: string[]) {
  const child = spawnCommand('--port', '0', ...args)
  return { child, url: await waitForUrl(child) }
}

/** Starts a portal process that cannot make any file longer than `maxBytes`: for it, the disk is full then. */
export async function spawnCrampedPortal(maxBytes: number, ...args: string[]) {
  const script = `ulimit -f ${maxBytes / 512} && exec "$0" "$@"`
  const child = spawnProcess('sh', '-c', script, process.execPath, BIN, '--port', '0', ...args)
  return { child, url: await waitForUrl(child) }
}

/** Whether this machine can trace system calls. */
export const canTrace = spawnSync('strace', ['-f', '-e', 'trace=none', 'true']).status === 0

/** Starts a portal process whose system calls of the given names go to `traceFile`. */
export async function spawnTracedPortal(traceFile: string, calls: string, ...args: string[]) {
  // -D: the tracer stands beside the portal, so that signals sent to the child reach the portal.
  const tracer = ['-D', '-f', '-s', '20', '-e', `trace=${calls}`, '-o', traceFile]
  const child = spawnProcess('strace', ...tracer, process.execPath, BIN, '--port', '0', ...args)
  return { child, url: await waitForUrl(child) }
}

function waitForUrl(child: ChildProcess): Promise<string> {
  return new Promise<string>((resolve, reject) => {
    let output = ''
    child.once('exit', () => reject(new Error(`the portal ended: ${output}`)))
    child.stderr?.on('data', (piece) => {
      output += piece
    })
    child.stdout?.on('data', (piece) => {
      output += piece
      const ready = /^S5 portal ready at (\S+)$/m.exec(output)?.[1]
      if (ready !== undefined) resolve(ready)
    })
  })
}
