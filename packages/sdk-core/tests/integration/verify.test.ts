import { cp, mkdtemp, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytesToHex } from '@noble/hashes/utils.js'
import { createPortal } from '@s5-conversations/s5-portal'
import { JSCryptoImplementation } from '@s5-dev/s5js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Head } from '../../src/conversation/head'
import { CATALOG_ID } from '../../src/conversation/summary'
import { KeyRing } from '../../src/crypto/keys'
import { createSdk, type Damage, generateSeedPhrase } from '../../src/index'
import { openHead } from '../../src/storage/head-codec'
import { readSeedPhrase } from '../../src/storage/stores/s5-seed-phrase'
import { closeAfterTest, startPortal, startSdk, user } from '../support/fixture'
import { prose } from '../support/prose'
import { connectRaw } from '../support/raw-network'

const ID = 'one'
const seedPhrase = generateSeedPhrase()
const lmdb = createRequire(
  createRequire(import.meta.url).resolve('@s5-conversations/s5-portal/package.json'),
)('lmdb')

let folder = ''
/** What lies where on the portal's disk. */
const places = {
  head: '',
  list: '',
  checkpoint: '',
  segments: [''],
  pointer: new Uint8Array() as Uint8Array,
  oldPointer: new Uint8Array() as Uint8Array,
}

const blobFile = (dataDir: string, hash: string) => join(dataDir, 'blobs', hash)

async function changeRegistry(
  dataDir: string,
  change: (value: Uint8Array) => Uint8Array | undefined,
): Promise<void> {
  const root = lmdb.open({ path: join(dataDir, 'database'), noSubdir: false, encoding: 'binary' })
  const table = root.openDB({ name: 'registry', encoding: 'binary', keyEncoding: 'binary' })
  const changed = change(table.get(places.pointer))
  if (changed === undefined) await table.remove(places.pointer)
  else await table.put(places.pointer, changed)
  await root.close()
}

/** An entry as the portal keeps it: `07`, key, revision, length, data, signature. */
async function readStoredEntry(portal: string, publicKey: Uint8Array): Promise<Uint8Array> {
  const answer = await fetch(`${portal}/s5/registry?pk=${Buffer.from(publicKey).toString('base64url')}`)
  const entry = (await answer.json()) as { revision: number; data: string; signature: string }
  const data = Buffer.from(entry.data, 'base64url')
  const revision = Buffer.alloc(8)
  revision.writeBigUInt64LE(BigInt(entry.revision))
  const signature = Buffer.from(entry.signature, 'base64url')
  return Buffer.concat([Buffer.of(7), publicKey, revision, Buffer.of(data.length), data, signature])
}

async function flipByte(file: string, at: number): Promise<void> {
  const bytes = await readFile(file)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  await writeFile(file, bytes)
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 's5-verify-'))
  const dataDir = join(folder, 'sound')
  const portal = await createPortal({ port: 0, dataDir })
  const sdk = await createSdk({ portals: [portal.url], seedPhrase })
  for (let i = 0; i < 24; i += 1) {
    const options = i % 5 === 0 ? { idempotencyKey: `key ${i}` } : {}
    await sdk.storage.appendMessage(ID, { id: `m${i}`, ...user(prose(700, i)) }, options)
  }
  const seed = new KeyRing(readSeedPhrase(seedPhrase)).conversationKeys(ID, 0).registrySeed()
  const { publicKey } = await new JSCryptoImplementation().newKeyPairEd25519(seed)
  places.pointer = publicKey
  places.oldPointer = await readStoredEntry(portal.url, publicKey)
  await sdk.storage.deleteMessage(ID, 'm3')
  await sdk.storage.updateConversation(ID, { title: 'A title' })
  await sdk.close()
  const raw = await connectRaw(portal.url, seedPhrase)
  const keys = raw.keyRing.conversationKeys(ID, 0)
  const { head } = await openHead(await raw.readHead(ID), keys)
  const hashOf = async (id: string) => bytesToHex(await raw.network.hash(await raw.readHead(id)))
  places.head = await hashOf(ID)
  places.list = await hashOf(CATALOG_ID)
  places.checkpoint = bytesToHex(head.checkpoints[0]?.[1] ?? new Uint8Array())
  places.segments = segmentsOf(head)
  raw.network.close()
  await portal.close()
}, 60_000)

afterAll(() => rm(folder, { recursive: true, force: true }))

function segmentsOf({ segments }: Head): string[] {
  return segments.map(({ hash }) => bytesToHex(hash))
}

/** What is found on a portal whose disk is like the sound one but for one damage. */
async function damagesAfter(damage: (dataDir: string) => Promise<unknown>): Promise<Damage[]> {
  const dataDir = await mkdtemp(join(folder, 'damaged-'))
  await cp(join(folder, 'sound'), dataDir, { recursive: true })
  await damage(dataDir)
  const portal = closeAfterTest(await createPortal({ port: 0, dataDir }))
  const sdk = await startSdk(portal.url, seedPhrase)
  const report = await sdk.storage.verifyConversation(ID)
  expect(report.ok).toBe(report.damages.length === 0)
  return report.damages
}

describe('Verifying', () => {
  it('finds nothing wrong where nothing is', async () => {
    expect(await damagesAfter(async () => {})).toEqual([])
  })

  const removed = (hash: () => string | undefined) => (dataDir: string) => rm(blobFile(dataDir, hash() ?? ''))
  const damages: Record<string, { damage(dataDir: string): Promise<unknown>; found: Partial<Damage> }> = {
    'a head that is gone': { damage: removed(() => places.head), found: { record: 'head', kind: 'missing' } },
    'a head that is cut short': {
      damage: (dataDir) => truncate(blobFile(dataDir, places.head), 100),
      found: { record: 'head', kind: 'corrupt' },
    },
    'a head with a flipped bit': {
      damage: (dataDir) => flipByte(blobFile(dataDir, places.head), 60),
      found: { record: 'head', kind: 'corrupt' },
    },
    'a segment that is gone': {
      damage: removed(() => places.segments[1]),
      found: { record: 'segment', kind: 'missing' },
    },
    'a segment with a flipped bit': {
      damage: (dataDir) => flipByte(blobFile(dataDir, places.segments[0] ?? ''), 200),
      found: { record: 'segment', kind: 'corrupt' },
    },
    'an empty segment': {
      damage: (dataDir) => truncate(blobFile(dataDir, places.segments[0] ?? ''), 0),
      found: { record: 'segment', kind: 'corrupt' },
    },
    'one segment in the place of another': {
      damage: (dataDir) =>
        rename(blobFile(dataDir, places.segments[0] ?? ''), blobFile(dataDir, places.segments[1] ?? '')),
      found: { record: 'segment', kind: 'corrupt' },
    },
    'a kept version that is gone': {
      damage: removed(() => places.checkpoint),
      found: { record: 'checkpoint', kind: 'missing' },
    },
    'a list that is gone': {
      damage: removed(() => places.list),
      found: { record: 'head', kind: 'missing', subject: 'list' },
    },
    'a list with a flipped bit': {
      damage: (dataDir) => flipByte(blobFile(dataDir, places.list), 80),
      found: { record: 'head', kind: 'corrupt', subject: 'list' },
    },
    'a pointer that is gone': {
      damage: (dataDir) => changeRegistry(dataDir, () => undefined),
      found: { record: 'pointer', kind: 'missing' },
    },
    'a pointer with a broken signature': {
      damage: (dataDir) =>
        changeRegistry(dataDir, (value) =>
          value.map((byte, i) => (i === value.length - 1 ? byte ^ 1 : byte)),
        ),
      found: { record: 'pointer', kind: 'corrupt' },
    },
    'a pointer of an older version': {
      damage: (dataDir) => changeRegistry(dataDir, () => places.oldPointer),
      found: { record: 'pointer', kind: 'outdated' },
    },
  }
  for (const [name, { damage, found }] of Object.entries(damages)) {
    it(`finds ${name}`, async () => {
      const all = await damagesAfter(damage)
      expect(all).toContainEqual(
        expect.objectContaining({ subject: 'conversation', mendable: false, ...found }),
      )
    })
  }

  it('says that a portal cannot be reached, and that nobody knows such a conversation', async () => {
    const portal = await startPortal()
    const sdk = await startSdk(portal.url)
    await sdk.storage.appendMessage(ID, user('x'))
    await expect(sdk.storage.verifyConversation('never')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await portal.close()
    const { ok, damages } = await sdk.storage.verifyConversation(ID)
    expect(ok).toBe(false)
    expect(damages).toContainEqual(expect.objectContaining({ kind: 'unreachable', portal: portal.url }))
  })

  it('ends with its signal', async () => {
    const sdk = await startSdk((await startPortal()).url)
    await sdk.storage.appendMessage(ID, user('x'))
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(sdk.storage.verifyConversation(ID, { signal })).rejects.toThrow('enough')
  })
})
