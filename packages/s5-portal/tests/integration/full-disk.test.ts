import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { toBase64Url } from '../support/bytes'
import { createClient } from '../support/client'
import { signEntry } from '../support/entries'
import { createKey } from '../support/keys'
import { countFiles, makeTemporaryFolder } from '../support/portal'
import { spawnCrampedPortal, spawnPortal } from '../support/process'

const LIMIT_BYTES = 128 * 1024

async function expectEntries(url: string, pks: readonly string[]): Promise<void> {
  const client = createClient(url)
  for (const pk of pks) expect((await client.readEntry(pk)).status).toBe(200)
}

describe('a portal whose disk is full', () => {
  it('acknowledges nothing it cannot keep, goes on serving, and has what it acknowledged after a restart', async () => {
    const dataDir = await makeTemporaryFolder()
    const { child, url } = await spawnCrampedPortal(LIMIT_BYTES, '--data-dir', dataDir)
    const client = createClient(url)
    const token = await client.register()
    const acknowledged: string[] = []
    const statuses = new Set<number>()
    while (!statuses.has(500)) {
      const key = createKey()
      const { status } = await client.writeEntry(signEntry(key, 1, new Uint8Array(64)))
      statuses.add(status)
      if (status === 204) acknowledged.push(toBase64Url(key.publicKey))
    }
    expect((await client.upload(token, new Uint8Array(LIMIT_BYTES + 1))).status).toBe(500)
    expect(await countFiles(dataDir)).toEqual({ blobs: 0, temporary: 0 })
    await expectEntries(url, acknowledged)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const roomy = await spawnPortal('--data-dir', dataDir)
    await expectEntries(roomy.url, acknowledged)
    expect((await createClient(roomy.url).upload(token, new Uint8Array(LIMIT_BYTES + 1))).status).toBe(200)
    expect([...statuses].sort()).toEqual([204, 500])
  })
})
