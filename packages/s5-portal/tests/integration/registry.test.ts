import { describe, expect, it } from 'vitest'
import { toBase64Url, utf8 } from '../support/bytes'
import { createClient, problemOf } from '../support/client'
import { signEntry } from '../support/entries'
import { createKey } from '../support/keys'
import { makeTemporaryFolder, openPortal } from '../support/portal'

const data = (fill: number) => new Uint8Array(33).fill(fill)

describe.each(['memory', 'disk'])('the registry in %s', (place) => {
  async function prepare() {
    const portal = await openPortal(place === 'disk' ? { dataDir: await makeTemporaryFolder() } : {})
    const key = createKey()
    return { portal, client: createClient(portal.url), key, pk: toBase64Url(key.publicKey) }
  }

  it('serves an entry exactly as it was written', async () => {
    const { client, key, pk } = await prepare()
    const entry = signEntry(key, 1, data(1))
    expect((await client.writeEntry(entry)).status).toBe(204)
    const answer = await client.readEntry(pk)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual(entry)
  })

  it('says 404 of a key that never wrote', async () => {
    const { client, pk } = await prepare()
    const answer = await client.readEntry(pk)
    expect(answer.status).toBe(404)
    await problemOf(answer)
  })

  it('lets a higher revision win and carries the entry that stays in every conflict', async () => {
    const { client, key, pk, portal } = await prepare()
    await client.writeEntry(signEntry(key, 1, data(1)))
    const current = signEntry(key, 7, data(7))
    expect((await client.writeEntry(current)).status).toBe(204)
    for (const refused of [
      signEntry(key, 7, data(8)),
      signEntry(key, 6, data(9)),
      signEntry(key, 0, data(9)),
    ]) {
      const answer = await client.writeEntry(refused)
      expect(answer.status).toBe(409)
      expect(await problemOf(answer)).toMatchObject({ detail: 'Revision number too low', current })
    }
    expect(await (await client.readEntry(pk)).json()).toEqual(current)
    expect(portal.stats()).toMatchObject({ registryWrites: 2, registryConflicts: 3, registryReads: 1 })
  })

  it('says absence and conflicts with status 200 to who asks for it, and stores nothing more', async () => {
    const { client, key, pk } = await prepare()
    const absent = await client.get(`/s5/registry?pk=${pk}&quiet=1`)
    expect([absent.status, await absent.json()]).toEqual([200, { pk, absent: true }])
    const current = signEntry(key, 7, data(7))
    expect((await client.postJson('/s5/registry?quiet=1', current)).status).toBe(204)
    const refused = await client.postJson('/s5/registry?quiet=1', signEntry(key, 6, data(6)))
    expect([refused.status, await refused.json()]).toEqual([200, { current }])
    expect(await (await client.get(`/s5/registry?pk=${pk}&quiet=1`)).json()).toEqual(current)
  })

  it('acknowledges the stored entry when it is sent again', async () => {
    const { client, key } = await prepare()
    const entry = signEntry(key, 3, data(1))
    const answers = [await client.writeEntry(entry), await client.writeEntry(entry)]
    expect(answers.map((answer) => answer.status)).toEqual([204, 204])
  })

  it('accepts exactly one of 64 entries with the same next revision, and serves that one', async () => {
    const { client, key, pk } = await prepare()
    await client.writeEntry(signEntry(key, 1, data(0)))
    const entries = Array.from({ length: 64 }, (_, index) => signEntry(key, 2, data(index + 1)))
    const statuses = await Promise.all(entries.map(async (entry) => (await client.writeEntry(entry)).status))
    expect(statuses.filter((status) => status === 409)).toHaveLength(63)
    expect(statuses.filter((status) => status === 204)).toHaveLength(1)
    expect(await (await client.readEntry(pk)).json()).toEqual(entries[statuses.indexOf(204)])
  })

  it('takes revisions from 0 to 2^48 and data of 1 to 64 bytes', async () => {
    const { client, key, pk } = await prepare()
    const first = signEntry(key, 0, data(1).subarray(0, 1))
    const last = signEntry(key, 2 ** 48, new Uint8Array(64).fill(5))
    expect((await client.writeEntry(first)).status).toBe(204)
    expect((await client.writeEntry(last)).status).toBe(204)
    expect(await (await client.readEntry(pk)).json()).toEqual(last)
  })

  it('takes base64url with padding too', async () => {
    const { client, key, pk } = await prepare()
    const entry = signEntry(key, 1, data(1))
    const padded = { ...entry, signature: `${entry.signature}==` }
    expect((await client.writeEntry(padded)).status).toBe(204)
    expect(await (await client.readEntry(pk)).json()).toEqual(entry)
  })

  it('refuses forged entries with 422 and stores nothing', async () => {
    const { client, key, pk } = await prepare()
    const good = signEntry(key, 5, data(1))
    const forged = [
      { ...good, revision: 6 },
      { ...good, data: toBase64Url(data(2)) },
      { ...good, signature: toBase64Url(new Uint8Array(64)) },
      { ...good, signature: signEntry(createKey(), 5, data(1)).signature },
    ]
    const answers = await Promise.all(forged.map(client.writeEntry))
    expect(answers.map((answer) => answer.status)).toEqual([422, 422, 422, 422])
    expect((await client.readEntry(pk)).status).toBe(404)
  })

  it('refuses malformed entries with 400 and stores nothing', async () => {
    const { client, key, pk } = await prepare()
    const good = signEntry(key, 5, data(1))
    const { pk: _, ...headless } = good
    const malformed = [
      signEntry(key, 2 ** 48 + 1, data(1)),
      signEntry(key, 1, new Uint8Array(65)),
      signEntry(key, 1, new Uint8Array(0)),
      { ...good, revision: -1 },
      { ...good, revision: 0.5 },
      { ...good, revision: '5' },
      { ...good, revision: 1e300 },
      { ...good, signature: toBase64Url(new Uint8Array(63)) },
      { ...good, pk: toBase64Url(key.publicKey.subarray(1)) },
      { ...good, pk: toBase64Url(new Uint8Array(33)) },
      { ...good, data: '<>' },
      headless,
      [good],
      'text',
      null,
    ]
    const answers = await Promise.all(malformed.map((entry) => client.postJson('/s5/registry', entry)))
    expect(answers.map((answer) => answer.status)).toEqual(malformed.map(() => 400))
    expect((await client.readEntry(pk)).status).toBe(404)
    expect((await client.writeEntry(good)).status).toBe(204)
  })

  it('refuses a body that is not JSON with 400 and one beyond 16 KiB with 413', async () => {
    const { client } = await prepare()
    expect((await client.post('/s5/registry', '{')).status).toBe(400)
    expect((await client.post('/s5/registry', utf8(`"${'a'.repeat(17_000)}"`))).status).toBe(413)
    expect((await client.post('/s5/registry', utf8(`"${'a'.repeat(5_000_000)}"`))).status).toBe(413)
  })

  it('refuses to read what is not a key', async () => {
    const { client } = await prepare()
    const queries = ['', '?pk=', '?pk=AAAA', '?pk=***', `?pk=${toBase64Url(new Uint8Array(33))}`]
    const answers = await Promise.all(queries.map((query) => client.get(`/s5/registry${query}`)))
    expect(answers.map((answer) => answer.status)).toEqual(queries.map(() => 400))
  })
})
