import { EventEmitter, once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateSeedPhrase, SDKError, type Sdk } from '../../src/index'
import { closeAfterTest, startSdk, textsOf, user } from './fixture'
import { PortalProcess } from './portal-process'

const WRITERS = 3
const SHARED = 'shared'
/** How long a portal lives at most after its first acknowledgement, in ms. */
const LONGEST_LIFE_MS = 250

export interface KillReport {
  kills: number
  acknowledged: number
  /** Acknowledged texts that a fresh device does not find. */
  missing: string[]
  /** Texts that it finds more than once. */
  repeated: string[]
  unexpectedErrors: unknown[]
}

/**
 * Three devices save to one shared conversation and one of their own each, as fast as they can, while the
 * portal's process is killed with `kill -9` at random moments and started again.
 */
export async function runKillRounds(rounds: number): Promise<KillReport> {
  const dataDir = await mkdtemp(join(tmpdir(), 's5-kill-'))
  closeAfterTest({ close: () => rm(dataDir, { recursive: true, force: true }) })
  const portal = closeAfterTest(new PortalProcess(dataDir))
  await portal.start()
  const seedPhrase = generateSeedPhrase()
  const devices = await Promise.all(Array.from({ length: WRITERS }, () => startSdk(portal.url, seedPhrase)))
  const run: Run = { isOver: false, acknowledged: new Map(), errors: [], saves: new EventEmitter() }
  const writers = devices.map((device, i) => writeUntilOver(run, device, i))
  for (let round = 0; round < rounds; round += 1) {
    // Any moment of a save can be hit, but no portal dies before it has acknowledged something.
    await once(run.saves, 'acknowledged')
    await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_LIFE_MS))
    await portal.kill()
    await portal.start()
  }
  run.isOver = true
  await Promise.all(writers)
  const reader = await startSdk(portal.url, seedPhrase)
  return { kills: rounds, unexpectedErrors: run.errors, ...(await findDamage(reader, run.acknowledged)) }
}

interface Run {
  isOver: boolean
  acknowledged: Map<string, string[]>
  errors: unknown[]
  saves: EventEmitter
}

async function writeUntilOver(run: Run, device: Sdk, writer: number): Promise<void> {
  for (let i = 0; !run.isOver; i += 1) {
    const id = i % 2 === 0 ? SHARED : `own ${writer}`
    const text = `writer ${writer}, message ${i}`
    try {
      await device.storage.appendMessage(id, user(text))
      run.acknowledged.set(id, [...(run.acknowledged.get(id) ?? []), text])
      run.saves.emit('acknowledged')
    } catch (error) {
      if (!(error instanceof SDKError && error.retryable)) run.errors.push(error)
    }
  }
}

async function findDamage(reader: Sdk, acknowledged: Map<string, string[]>) {
  const { items } = await reader.storage.listConversations()
  const listed = new Set(items.map((item) => item.id))
  const damage = { acknowledged: 0, missing: [] as string[], repeated: [] as string[] }
  for (const [id, texts] of acknowledged) {
    const found = listed.has(id) ? await textsOf(reader, id) : []
    const unique = new Set(found)
    damage.acknowledged += texts.length
    damage.missing.push(...texts.filter((text) => !unique.has(text)))
    damage.repeated.push(...found.filter((text, i) => found.indexOf(text) !== i))
  }
  return damage
}
