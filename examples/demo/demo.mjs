// Saves real conversations on a portal of its own, loads them in a fresh process, and compares every field.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createPortal } from '@s5-conversations/s5-portal'
import { generateSeedPhrase } from '@s5-conversations/sdk-core'
import { readConversations } from './read-conversations.mjs'
import { writeFromSeveralDevices } from './write.mjs'

const USAGE = 'Usage: npm run demo -- [conversations.jsonl] [--json]'
const SAMPLES = fileURLToPath(new URL('samples.jsonl', import.meta.url))

/** @param {string} file */
async function run(file) {
  const conversations = await readConversations(file)
  const dataDir = await mkdtemp(join(tmpdir(), 's5-demo-'))
  const portal = await createPortal({ port: 0, dataDir })
  try {
    const seedPhrase = generateSeedPhrase()
    const start = performance.now()
    const progress = createProgress(conversations.length)
    const { bytesUp } = await writeFromSeveralDevices({
      portal: portal.url,
      seedPhrase,
      conversations,
      onSaved: progress,
    })
    const findings = await verifyInFreshProcess({ portal: portal.url, seedPhrase, file })
    return {
      conversations: conversations.length,
      messages: conversations.reduce((count, { messages }) => count + messages.length, 0),
      lost: findings.lost + findings.unlisted,
      duplicated: findings.duplicated,
      requests: Object.values(portal.stats().requests).reduce((sum, count) => sum + count, 0),
      bytesUp,
      ms: Math.round(performance.now() - start),
    }
  } finally {
    await portal.close()
    await rm(dataDir, { recursive: true, force: true })
  }
}

/**
 * @param {{ portal: string, seedPhrase: string, file: string }} job
 * @returns {Promise<{ lost: number, duplicated: number, unlisted: number }>}
 */
async function verifyInFreshProcess(job) {
  const child = fork(fileURLToPath(new URL('verify.mjs', import.meta.url)))
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`the verifying process ended with code ${code} and no result`)
  })
  child.send(job)
  const [findings] = await Promise.race([once(child, 'message'), failed])
  return findings
}

/** @param {number} total */
function createProgress(total) {
  let saved = 0
  return () => {
    saved += 1
    if (process.stderr.isTTY) process.stderr.write(`\r${saved} of ${total} conversations saved`)
    if (process.stderr.isTTY && saved === total) process.stderr.write('\n')
  }
}

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  allowPositionals: true,
})
if (values.help) {
  console.log(USAGE)
} else {
  try {
    const result = await run(positionals[0] ?? SAMPLES)
    if (values.json) console.log(JSON.stringify(result))
    else console.table([result])
    if (result.lost + result.duplicated > 0) process.exitCode = 1
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
