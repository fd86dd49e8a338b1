import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const COMMAND = fileURLToPath(new URL('../../s5-portal/bin/s5-portal.js', import.meta.url))

/** The `s5-portal` command on a folder of its own, in a process of its own: its CPU time is not the client's. */
export async function startPortalProcess() {
  const dataDir = await mkdtemp(join(tmpdir(), 's5-bench-'))
  const child = spawn(process.execPath, [COMMAND, '--port', '0', '--data-dir', dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  const close = async () => {
    child.kill()
    await once(child, 'exit')
    await rm(dataDir, { recursive: true, force: true })
  }
  return { url: /http:\S+/.exec(line)?.[0] ?? '', close }
}
