// Measures the built portal on disk: node packages/s5-portal/bench/throughput.mjs [data folder's parent]
// 16 clients at once in this process against one portal process: acknowledged writes per second, latency, memory.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createClient, createKey, registerAccount, signEntry } from './client.mjs'

const CLIENTS = 16
const WRITES = 2_000
const UPLOADS = 2_000
const BLOB_BYTES = 4096
const ENTRIES = 10_000
const STEP = 5_000

const print = (line) => process.stdout.write(`${line}\n`)

async function startPortal(dataDir) {
  const bin = fileURLToPath(new URL('../bin/s5-portal.js', import.meta.url))
  const child = spawn(process.execPath, [bin, '--port', '0', '--data-dir', dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  return { url: line.split(' ').at(-1), child }
}

/** Runs `count` tasks, at most `CLIENTS` at once; gives the rate and the latencies in milliseconds. */
async function measure(count, task) {
  const latencies = []
  let next = 0
  const startedAt = performance.now()
  const work = async () => {
    while (next < count) {
      const index = next++
      const sentAt = performance.now()
      await task(index)
      latencies.push(performance.now() - sentAt)
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, work))
  const seconds = (performance.now() - startedAt) / 1000
  latencies.sort((a, b) => a - b)
  const percentile = (share) => latencies[Math.floor(share * (latencies.length - 1))].toFixed(1)
  return `${Math.round(count / seconds)}/s, ms p50 ${percentile(0.5)} p99 ${percentile(0.99)} max ${percentile(1)}`
}

function memoryOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const megabytes = (name) => Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024)
  return `RSS ${megabytes('VmRSS')} MB (own ${megabytes('RssAnon')}, mapped files ${megabytes('RssFile')})`
}

async function expect(status, answer) {
  const { status: actual, text } = await answer
  if (actual !== status) throw new Error(`${actual} instead of ${status}: ${text}`)
  return text
}

const parent = process.argv[2] ?? tmpdir()
const dataDir = mkdtempSync(join(parent, 's5-portal-bench-'))
const { url, child } = await startPortal(dataDir)
const client = createClient(url, CLIENTS)
const json = { 'content-type': 'application/json' }
const writeEntry = (body) => expect(204, client.send('POST', '/s5/registry', json, body))

try {
  const upload = {
    authorization: `Bearer ${await registerAccount(client, url)}`,
    'content-type': 'application/octet-stream',
  }
  print(`start                     ${memoryOf(child.pid)}`)

  const keys = Array.from({ length: CLIENTS }, createKey)
  const writes = Array.from({ length: WRITES }, () => signEntry(createKey(), 1))
  print(`registry writes, new keys ${await measure(WRITES, (index) => writeEntry(writes[index]))}`)

  const updates = keys.map((key) =>
    Array.from({ length: WRITES / CLIENTS }, (_, step) => signEntry(key, step + 1)),
  )
  const startedAt = performance.now()
  await Promise.all(
    updates.map(async (bodies) => {
      for (const body of bodies) await writeEntry(body)
    }),
  )
  const updated = updates.flat().length
  print(`registry writes, 16 keys  ${Math.round((updated / (performance.now() - startedAt)) * 1000)}/s`)

  const pk = keys[0].publicKey.toString('base64url')
  const readEntry = () => expect(200, client.send('GET', `/s5/registry?pk=${pk}`))
  print(`registry reads            ${await measure(WRITES, readEntry)}`)

  const blobs = Array.from({ length: UPLOADS }, () => randomBytes(BLOB_BYTES))
  const cids = []
  const uploadBlob = async (index) => {
    cids.push(JSON.parse(await expect(200, client.send('POST', '/s5/upload', upload, blobs[index]))).cid)
  }
  print(`uploads of 4 KiB          ${await measure(UPLOADS, uploadBlob)}`)
  const readBlob = (index) => expect(200, client.send('GET', `/s5/blob/${cids[index]}`))
  print(`blob reads of 4 KiB       ${await measure(UPLOADS, readBlob)}`)
  print(`                          ${memoryOf(child.pid)}`)

  for (let entries = 0; entries < ENTRIES; entries += STEP) {
    const more = Array.from({ length: STEP }, () => signEntry(createKey(), 1))
    const step = await measure(STEP, (index) => writeEntry(more[index]))
    print(`${entries + STEP} entries more: ${memoryOf(child.pid)}; ${step}`)
  }
} finally {
  client.close()
  child.kill('SIGTERM')
  await once(child, 'exit')
  rmSync(dataDir, { recursive: true })
}
