import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { utf8 } from '../support/bytes'
import { cidOf, createClient, problemOf } from '../support/client'
import { countFiles, makeTemporaryFolder, openPortal } from '../support/portal'

describe.each(['memory', 'disk'])('pins in %s', (place) => {
  async function prepare() {
    const portal = await openPortal(place === 'disk' ? { dataDir: await makeTemporaryFolder() } : {})
    const client = createClient(portal.url)
    const [first, second] = [await client.register(), await client.register()]
    return { client, first, second, cid: await cidOf(await client.upload(first, utf8('hello'))) }
  }

  it('keep a blob until the last account lets go of it', async () => {
    const { client, first, second, cid } = await prepare()
    expect((await client.send('POST', `/s5/pin/${cid}`, second)).status).toBe(204)
    expect((await client.send('DELETE', `/s5/delete/${cid}`, first)).status).toBe(204)
    expect(await (await client.get(`/s5/blob/${cid}`)).text()).toBe('hello')
    expect((await client.send('DELETE', `/s5/delete/${cid}`, second)).status).toBe(204)
    expect((await client.get(`/s5/blob/${cid}`)).status).toBe(404)
  })

  it('count once for an account however often they are set', async () => {
    const { client, first, second, cid } = await prepare()
    for (const _ of [1, 2, 3]) expect((await client.send('POST', `/s5/pin/${cid}`, second)).status).toBe(204)
    expect(await (await client.send('GET', '/s5/account', second)).json()).toMatchObject({
      pins: 1,
      bytes: 5,
    })
    await client.send('DELETE', `/s5/delete/${cid}`, second)
    expect(await (await client.send('GET', '/s5/account', second)).json()).toMatchObject({
      pins: 0,
      bytes: 0,
    })
    expect((await client.get(`/s5/blob/${cid}`)).status).toBe(200)
    expect((await client.send('DELETE', `/s5/delete/${cid}`, first)).status).toBe(204)
  })

  it('of another account cannot be removed', async () => {
    const { client, second, cid } = await prepare()
    const answer = await client.send('DELETE', `/s5/delete/${cid}`, second)
    expect(answer.status).toBe(404)
    await problemOf(answer)
    expect((await client.get(`/s5/blob/${cid}`)).status).toBe(200)
  })

  it('need a blob that is there and a name that is one', async () => {
    const { client, first } = await prepare()
    const missing = `f${'00'.repeat(32)}`
    const statuses = await Promise.all(
      [
        client.send('POST', `/s5/pin/${missing}`, first),
        client.send('DELETE', `/s5/delete/${missing}`, first),
        client.send('POST', '/s5/pin/..%2fx', first),
        client.send('DELETE', '/s5/delete/..%2fx', first),
      ].map(async (answer) => (await answer).status),
    )
    expect(statuses).toEqual([404, 404, 400, 400])
  })
})

describe('uploads and deletes of one blob at the same time', () => {
  it('never lose a blob whose upload was acknowledged after the last delete began', async () => {
    const dataDir = await makeTemporaryFolder()
    const portal = await openPortal({ dataDir })
    const client = createClient(portal.url)
    const [uploader, deleter] = [await client.register(), await client.register()]
    for (let round = 0; round < 30; round++) {
      const content = new Uint8Array(randomBytes(100))
      const cid = await cidOf(await client.upload(deleter, content))
      const [uploaded] = await Promise.all([
        client.upload(uploader, content),
        client.send('DELETE', `/s5/delete/${cid}`, deleter),
        client.upload(uploader, content),
      ])
      expect(uploaded.status).toBe(200)
      expect((await client.get(`/s5/blob/${cid}`)).status).toBe(200)
    }
    expect(await countFiles(dataDir)).toEqual({ blobs: 30, temporary: 0 })
  })

  it('of the same account end with the blob there exactly when it is pinned', async () => {
    const portal = await openPortal({ dataDir: await makeTemporaryFolder() })
    const client = createClient(portal.url)
    const token = await client.register()
    const pinsOf = async () =>
      ((await (await client.send('GET', '/s5/account', token)).json()) as { pins: number }).pins
    const content = utf8('contested')
    const cid = await cidOf(await client.upload(token, content))
    for (let round = 0; round < 30; round++) {
      const remove = () => client.send('DELETE', `/s5/delete/${cid}`, token)
      await Promise.all([
        remove(),
        client.upload(token, content),
        remove(),
        client.upload(token, content),
        remove(),
      ])
      const { status } = await client.get(`/s5/blob/${cid}`)
      expect(status).toBe((await pinsOf()) === 1 ? 200 : 404)
    }
  })
})
