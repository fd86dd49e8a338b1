import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hashOf, toHex, utf8 } from '../support/bytes'
import { cidOf, createClient, problemOf } from '../support/client'
import { makeTemporaryFolder, openPortal } from '../support/portal'
import { exchangeRaw } from '../support/raw-socket'
import vectors from '../vectors/blob-ids.json'

describe.each(['memory', 'disk'])('blobs in %s', (place) => {
  async function prepare() {
    const portal = await openPortal(place === 'disk' ? { dataDir: await makeTemporaryFolder() } : {})
    const client = createClient(portal.url)
    return { portal, client, token: await client.register() }
  }

  it.each(vectors)('of "$content" have their known id and are served by every form of it', async (vector) => {
    const { client, token } = await prepare()
    const content = utf8(vector.content)
    expect(await cidOf(await client.upload(token, content))).toBe(vector.base32)
    const { hex, base32, base58, base64url, raw, legacy } = vector
    for (const cid of [hex, base32, base58, base64url, raw, legacy]) {
      const answer = await client.get(`/s5/blob/${cid}`)
      expect([answer.status, Buffer.from(await answer.arrayBuffer())]).toEqual([200, Buffer.from(content)])
    }
  })

  it('are served whatever size the id claims', async () => {
    const { client, token } = await prepare()
    const content = utf8('hello')
    await client.upload(token, content)
    const hash = toHex(await hashOf(content))
    const answers = [`f5b821f${hash}00`, `f5b821e${hash}ffffff`].map((cid) => client.get(`/s5/blob/${cid}`))
    const bodies = await Promise.all(answers.map(async (answer) => (await answer).text()))
    expect(bodies).toEqual(['hello', 'hello'])
  })

  it('are served with headers that let caches keep them and browsers not guess', async () => {
    const { client, token } = await prepare()
    const cid = await cidOf(await client.upload(token, utf8('hello')))
    const { headers } = await client.get(`/s5/blob/${cid}`)
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': '5',
      'accept-ranges': 'bytes',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      etag: `"${toHex(await hashOf(utf8('hello')))}"`,
    })
  })

  it('answer HEAD with the headers and without the bytes', async () => {
    const { client, token, portal } = await prepare()
    const cid = await cidOf(await client.upload(token, utf8('hello')))
    const answer = await client.send('HEAD', `/s5/blob/${cid}`)
    expect([answer.status, answer.headers.get('content-length'), await answer.text()]).toEqual([200, '5', ''])
    expect(portal.stats().blobReads).toBe(0)
  })

  it('of several megabytes are served exactly', async () => {
    const { client, token, portal } = await prepare()
    const content = new Uint8Array(randomBytes(3_000_001))
    const cid = await cidOf(await client.upload(token, content))
    const served = Buffer.from(await (await client.get(`/s5/blob/${cid}`)).arrayBuffer())
    expect(served.equals(content)).toBe(true)
    expect(portal.stats()).toMatchObject({ uploadedBytes: content.length, servedBytes: content.length })
  })

  it('are served in part when one range is asked for', async () => {
    const { client, token } = await prepare()
    const content = new Uint8Array(randomBytes(200_000))
    const cid = await cidOf(await client.upload(token, content))
    const answer = await client.get(`/s5/blob/${cid}`, { range: 'bytes=100000-199998' })
    expect(answer.status).toBe(206)
    expect(answer.headers.get('content-range')).toBe('bytes 100000-199998/200000')
    expect(answer.headers.get('content-length')).toBe('99999')
    expect(Buffer.from(await answer.arrayBuffer()).equals(content.subarray(100_000, 199_999))).toBe(true)
  })

  it('are served whole when the range is not for these bytes or not a single one', async () => {
    const { client, token } = await prepare()
    const cid = await cidOf(await client.upload(token, utf8('hello')))
    const stale = { range: 'bytes=1-2', 'if-range': '"other"' }
    for (const headers of [stale, { range: 'bytes=0-1,3-4' }, { range: 'lines=1-2' }]) {
      const answer = await client.get(`/s5/blob/${cid}`, headers as Record<string, string>)
      expect([answer.status, await answer.text()]).toEqual([200, 'hello'])
    }
  })

  it('answer 416 when the range begins beyond the end', async () => {
    const { client, token } = await prepare()
    const cid = await cidOf(await client.upload(token, utf8('hello')))
    const answer = await client.get(`/s5/blob/${cid}`, { range: 'bytes=5-' })
    expect([answer.status, answer.headers.get('content-range')]).toEqual([416, 'bytes */5'])
    await problemOf(answer)
  })

  it('that are not there are answered with 404', async () => {
    const { client, portal } = await prepare()
    const answer = await client.get(`/s5/blob/f${'00'.repeat(32)}`)
    expect(answer.status).toBe(404)
    expect((await problemOf(answer)).detail).toBe('Blob not found')
    expect(portal.stats().blobReads).toBe(0)
  })

  it('are asked for by their id and by nothing else', async () => {
    const { client, portal } = await prepare()
    const names = [
      'hello',
      '..%2f..%2fetc%2fpasswd',
      '%2e%2e%2fdatabase',
      'f00',
      'b%00',
      '%zz',
      `z${'2'.repeat(4000)}`,
    ]
    const answers = await Promise.all(names.map((name) => client.get(`/s5/blob/${name}`)))
    expect(answers.map((answer) => answer.status)).toEqual(names.map(() => 400))
    for (const path of [
      '/s5/blob/../../database/data.mdb',
      '/s5/blob/..%5c..',
      '//etc/passwd',
      '/s5/blob/a/b',
    ]) {
      const answer = await exchangeRaw(
        portal.port,
        `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
      )
      expect(answer).toMatch(/^HTTP\/1\.1 40[04] /)
    }
  })
})
