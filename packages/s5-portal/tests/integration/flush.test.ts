import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { utf8 } from '../support/bytes'
import { createClient } from '../support/client'
import { signEntry } from '../support/entries'
import { createKey } from '../support/keys'
import { makeTemporaryFolder } from '../support/portal'
import { canTrace, finishCommand, spawnTracedPortal } from '../support/process'

const CALLS = 'fsync,fdatasync,rename,write,writev'

/** The calls that matter, by name: answers as their status line, in the order in which they were made. */
function readCalls(trace: string): string[] {
  return trace.split('\n').flatMap((line) => {
    const [, call] = /^\d+ +(fsync|fdatasync|rename)\(/.exec(line) ?? /"HTTP\/1\.1 (\d+)/.exec(line) ?? []
    return call === undefined ? [] : [call]
  })
}

/** Traces a portal, because only the system calls tell a flushed write from one that a power cut would undo. */
async function traceRequests(
  send: (client: ReturnType<typeof createClient>, token: string) => Promise<void>,
) {
  const folder = await makeTemporaryFolder()
  const traceFile = join(folder, 'trace')
  const { child, url } = await spawnTracedPortal(traceFile, CALLS, '--data-dir', join(folder, 'data'))
  const client = createClient(url)
  await send(client, await client.register())
  const end = finishCommand(child)
  child.kill('SIGINT')
  await end
  const calls = readCalls(await readFile(traceFile, 'utf8'))
  const answers = calls.join(' ').split(/(?<= \d+) /)
  const [_challenge, registration, ...requests] = answers.slice(
    answers.findIndex((calls) => calls.endsWith('200')),
  )
  return { registration, requests }
}

if (!canTrace) process.stderr.write('Skipped: the order of flushes, because strace cannot run here\n')

describe.skipIf(!canTrace)('before the answer, the system is told to flush', () => {
  it('a registration, and every registry entry', async () => {
    const entries = Array.from({ length: 30 }, () => signEntry(createKey(), 1, new Uint8Array(33)))
    const { registration, requests } = await traceRequests(async (client) => {
      for (const entry of entries) await client.writeEntry(entry)
    })
    expect([registration, ...requests]).toEqual(['fdatasync 200', ...entries.map(() => 'fdatasync 204')])
  })

  it('the bytes of a blob, then its name, then its pin', async () => {
    const { requests } = await traceRequests(
      async (client, token) => void (await client.upload(token, utf8('hello'))),
    )
    expect(requests).toEqual(['fsync rename fsync fdatasync 200'])
  })
})
