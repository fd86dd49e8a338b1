import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { hashOf, toBase64Url, toHex, utf8 } from '../support/bytes'
import { cidOf, createClient } from '../support/client'
import { signEntry } from '../support/entries'
import { createKey } from '../support/keys'
import { countFiles, makeTemporaryFolder, openPortal } from '../support/portal'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

describe('a data folder', () => {
  it('keeps registry, blobs, pins, accounts and tokens over a restart', async () => {
    const dataDir = await makeTemporaryFolder()
    const key = createKey()
    const entry = signEntry(key, 4, new Uint8Array(33))
    const first = await openPortal({ dataDir })
    const before = createClient(first.url)
    const token = await before.register(key)
    const cid = await cidOf(await before.upload(token, utf8('hello')))
    await before.writeEntry(entry)
    await first.close()

    const after = createClient((await openPortal({ dataDir })).url)
    expect(await (await after.readEntry(toBase64Url(key.publicKey))).json()).toEqual(entry)
    expect(await (await after.get(`/s5/blob/${cid}`)).text()).toBe('hello')
    expect(await (await after.send('GET', '/s5/account', token)).json()).toMatchObject({ pins: 1, bytes: 5 })
    expect((await after.authenticate('login', key)).status).toBe(200)
    expect((await after.writeEntry(signEntry(key, 4, new Uint8Array(33).fill(1)))).status).toBe(409)
  })

  it('is used by one portal at a time', async () => {
    const dataDir = await makeTemporaryFolder()
    const first = await openPortal({ dataDir })
    const second = openPortal({ dataDir })
    await expect(second).rejects.toMatchObject({
      code: 'DATA_DIR_LOCKED',
      message: expect.stringContaining(dataDir),
    })
    expect((await fetch(`${first.url}/health`)).status).toBe(200)
    await first.close()
    await openPortal({ dataDir })
  })

  it('stays claimed however often garbage is collected', async () => {
    const dataDir = await makeTemporaryFolder()
    await openPortal({ dataDir })
    for (let round = 0; round < 5; round++) {
      collectGarbage()
      await new Promise((resolve) => setImmediate(resolve))
    }
    await expect(openPortal({ dataDir })).rejects.toMatchObject({ code: 'DATA_DIR_LOCKED' })
  })

  it('is free again when the portal could not start for another reason', async () => {
    const dataDir = await makeTemporaryFolder()
    const { port } = await openPortal()
    await expect(openPortal({ dataDir, port })).rejects.toMatchObject({ code: 'PORT_UNAVAILABLE' })
    await openPortal({ dataDir })
  })

  it('is made with all its parents, and loses what was half-received before', async () => {
    const dataDir = join(await makeTemporaryFolder(), 'new', 'folder')
    await (await openPortal({ dataDir })).close()
    await writeFile(join(dataDir, 'temporary', '7'), 'half')
    await openPortal({ dataDir })
    expect(await countFiles(dataDir)).toEqual({ blobs: 0, temporary: 0 })
  })

  it('whose database cannot be opened is refused, and is not claimed by the portal that could not start', async () => {
    const dataDir = await makeTemporaryFolder()
    await mkdir(join(dataDir, 'database', 'data.mdb'), { recursive: true })
    for (const _ of [1, 2]) {
      await expect(openPortal({ dataDir })).rejects.toMatchObject({ code: 'DATA_DIR_UNUSABLE' })
    }
  })

  it.each(['/proc/portal', '/dev/null', '/dev/null/portal'])('cannot be %s', async (dataDir) => {
    await expect(openPortal({ dataDir })).rejects.toMatchObject({ code: 'DATA_DIR_UNUSABLE' })
  })

  it('does not contain the tokens it gives out', async () => {
    const dataDir = await makeTemporaryFolder()
    const portal = await openPortal({ dataDir })
    const token = await createClient(portal.url).register()
    await portal.close()
    const folder = join(dataDir, 'database')
    const files = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))))
    const content = Buffer.concat(files)
    expect(content.includes(token)).toBe(false)
    expect(content.includes(Buffer.from(token, 'base64url'))).toBe(false)
  })

  it('that fails to write answers 500, tells the owner, and acknowledges nothing', async () => {
    const dataDir = await makeTemporaryFolder()
    const errors: unknown[] = []
    const portal = await openPortal({ dataDir, onError: (error) => errors.push(error) })
    const client = createClient(portal.url)
    const token = await client.register()
    const blobs = join(dataDir, 'blobs')
    await mkdir(join(blobs, toHex(await hashOf(utf8('hello')))))
    const answer = await client.upload(token, utf8('hello'))
    expect(answer.status).toBe(500)
    expect(await answer.text()).not.toContain(dataDir)
    expect(errors).toHaveLength(1)
    expect(await countFiles(dataDir)).toEqual({ blobs: 1, temporary: 0 })
    expect(await (await client.send('GET', '/s5/account', token)).json()).toMatchObject({ pins: 0 })
  })
})
