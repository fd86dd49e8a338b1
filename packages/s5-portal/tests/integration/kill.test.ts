import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { toBase64Url } from '../support/bytes'
import { cidOf, createClient } from '../support/client'
import { signEntry } from '../support/entries'
import { createKey, type TestKey } from '../support/keys'
import { countFiles, makeTemporaryFolder } from '../support/portal'
import { spawnPortal } from '../support/process'

const ROUNDS = 4
const WRITERS = 8

interface Acknowledged {
  readonly revisionByWriter: Map<TestKey, number>
  readonly contentByCid: Map<string, Buffer>
  readonly uploadsByToken: Map<string, number>
}

/** Writes entries and blobs, noting only what was acknowledged, until the portal is gone. */
async function writeUntilKilled(url: string, key: TestKey, seen: Acknowledged): Promise<void> {
  const client = createClient(url)
  try {
    const token = await client.register()
    seen.uploadsByToken.set(token, 0)
    for (;;) {
      const revision = (seen.revisionByWriter.get(key) ?? 0) + 1
      const content = new Uint8Array(randomBytes(2_000))
      const written = await client.writeEntry(signEntry(key, revision, new Uint8Array(33).fill(revision)))
      if (written.status === 204) seen.revisionByWriter.set(key, revision)
      const uploaded = await client.upload(token, content)
      if (uploaded.status !== 200) continue
      seen.contentByCid.set(await cidOf(uploaded), Buffer.from(content))
      seen.uploadsByToken.set(token, (seen.uploadsByToken.get(token) ?? 0) + 1)
    }
  } catch {
    // The portal was killed.
  }
}

async function expectEverything(url: string, seen: Acknowledged): Promise<void> {
  const client = createClient(url)
  for (const [key, revision] of seen.revisionByWriter) {
    const entry = (await (await client.readEntry(toBase64Url(key.publicKey))).json()) as { revision: number }
    expect(entry.revision).toBeGreaterThanOrEqual(revision)
  }
  for (const [cid, content] of seen.contentByCid) {
    const served = Buffer.from(await (await client.get(`/s5/blob/${cid}`)).arrayBuffer())
    expect(served.equals(content)).toBe(true)
  }
  for (const [token, uploads] of seen.uploadsByToken) {
    const account = (await (await client.send('GET', '/s5/account', token)).json()) as { pins: number }
    expect(account.pins).toBeGreaterThanOrEqual(uploads)
  }
}

describe('a portal that is killed under load', () => {
  it('has everything it acknowledged when it starts again, at once and with nothing stale', async () => {
    const dataDir = await makeTemporaryFolder()
    const keys = Array.from({ length: WRITERS }, () => createKey())
    const seen: Acknowledged = {
      revisionByWriter: new Map(),
      contentByCid: new Map(),
      uploadsByToken: new Map(),
    }
    for (let round = 0; round < ROUNDS; round++) {
      const { child, url } = await spawnPortal('--data-dir', dataDir)
      expect((await countFiles(dataDir)).temporary).toBe(0)
      await expectEverything(url, seen)
      const goal = seen.contentByCid.size + 40 + round * 7
      const writers = keys.map((key) => writeUntilKilled(url, key, seen))
      while (seen.contentByCid.size < goal) await new Promise((resolve) => setImmediate(resolve))
      child.kill('SIGKILL')
      await Promise.all([once(child, 'exit'), ...writers])
    }
    const { url } = await spawnPortal('--data-dir', dataDir)
    await expectEverything(url, seen)
    expect(seen.contentByCid.size).toBeGreaterThan(ROUNDS * 40)
  })
})
