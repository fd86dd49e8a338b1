import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const PORTAL = fileURLToPath(new URL('../../s5-portal/bin/s5-portal.js', import.meta.url))

/** The `s5-portal` command on a folder of its own. */
export async function startPortalProcess() {
  const dataDir = await mkdtemp(join(tmpdir(), 's5-bench-'))
  const { url, close } = await startServerProcess(PORTAL, '--port', '0', '--data-dir', dataDir)
  const closeAndForget = async () => {
    await close()
    await rm(dataDir, { recursive: true, force: true })
  }
  return { url, close: closeAndForget }
}

/**
 * A script that serves HTTP and says where, in a process of its own: its CPU time is not the client's.
 * @param {string} script
 * @param {string[]} args
 */
export async function startServerProcess(script, ...args) {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  const close = async () => {
    child.kill()
    await once(child, 'exit')
  }
  return { url: /http:\S+/.exec(line)?.[0] ?? '', close }
}
