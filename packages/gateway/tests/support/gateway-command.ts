import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { closeAfterTest } from './gateway-scene'

export const PACKAGE = fileURLToPath(new URL('../..', import.meta.url))

/** Without what a test runner adds for its own processes. */
export const env = { ...process.env, NODE_OPTIONS: '' }

export interface StartedGateway {
  url: string
  /** Ends it and waits for that. */
  close(): Promise<void>
}

/** Runs a shell command that starts a gateway; resolves once it says where it is. Ends after the test. */
export async function startCommand(command: string): Promise<StartedGateway> {
  // A group of its own: the shell's child is to end, too.
  const shell = spawn('sh', ['-c', command], {
    cwd: PACKAGE,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => shell.once('exit', () => resolve()))
  const close = async () => {
    if (shell.pid !== undefined && shell.exitCode === null) process.kill(-shell.pid, 'SIGTERM')
    await ended
  }
  closeAfterTest({ close })
  for await (const line of createInterface({ input: shell.stdout })) {
    const [, url] = /^S5 gateway ready at (.*)$/.exec(line) ?? []
    if (url !== undefined) return { url, close }
  }
  throw new Error('the gateway did not start')
}
