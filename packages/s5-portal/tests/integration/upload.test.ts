import { randomBytes } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { utf8 } from '../support/bytes'
import { cidOf, createClient, problemOf } from '../support/client'
import { countFiles, makeTemporaryFolder, openPortal } from '../support/portal'
import { connectRaw, exchangeRaw } from '../support/raw-socket'

const EMPTY = { blobs: 0, temporary: 0 }

async function prepare(maxUploadBytes = 1_000_000) {
  const dataDir = await makeTemporaryFolder()
  const portal = await openPortal({ dataDir, maxUploadBytes })
  const client = createClient(portal.url)
  const token = await client.register()
  const head = (type: string, length: number | string) =>
    `POST /s5/upload HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n`
  return { dataDir, portal, client, token, head }
}

const formText = (content: string, name = 'file') =>
  `--x\r\nContent-Disposition: form-data; name="${name}"; filename="file"\r\nContent-Type: application/octet-stream\r\n\r\n${content}\r\n--x--\r\n`

describe('an upload', () => {
  it('as multipart form and as raw body stores the same blob', async () => {
    const { client, token, dataDir, portal } = await prepare()
    const content = new Uint8Array(randomBytes(300_000))
    const cids = [
      await cidOf(await client.upload(token, content)),
      await cidOf(await client.uploadForm(token, ['file', new Blob([content])])),
    ]
    expect(cids[1]).toBe(cids[0])
    expect(await countFiles(dataDir)).toEqual({ blobs: 1, temporary: 0 })
    expect(portal.stats()).toMatchObject({ uploads: 2, uploadedBytes: 600_000 })
  })

  it('of exactly the limit is taken, in either form', async () => {
    const { client, token } = await prepare(100_000)
    const content = new Uint8Array(100_000)
    expect((await client.upload(token, content)).status).toBe(200)
    expect((await client.uploadForm(token, ['file', new Blob([content])])).status).toBe(200)
  })

  it('of one byte more is answered with 413 and stores nothing, in either form', async () => {
    const { client, token, dataDir, portal } = await prepare(100_000)
    const content = new Uint8Array(100_001)
    const answers = [
      await client.upload(token, content),
      await client.uploadForm(token, ['file', new Blob([content])]),
    ]
    expect(answers.map((answer) => answer.status)).toEqual([413, 413])
    await Promise.all(answers.map(problemOf))
    expect(await countFiles(dataDir)).toEqual(EMPTY)
    expect(portal.stats()).toMatchObject({ uploads: 0, uploadedBytes: 0 })
  })

  it('far beyond the limit is answered with 413 whether or not it tells its length', async () => {
    const { client, token, dataDir } = await prepare(100_000)
    const announced = await client.upload(token, new Uint8Array(20_000_000))
    expect(announced.status).toBe(413)
    const piece = new Uint8Array(65_536)
    let sent = 0
    const endless = new ReadableStream({
      pull(controller) {
        sent += piece.length
        if (sent > 20_000_000) controller.close()
        else controller.enqueue(piece)
      },
    })
    const streamed = await fetch(new URL('/s5/upload', announced.url), {
      method: 'POST',
      body: endless,
      duplex: 'half',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
    } as RequestInit)
    expect(streamed.status).toBe(413)
    expect(await countFiles(dataDir)).toEqual(EMPTY)
    expect((await client.upload(token, new Uint8Array(10))).status).toBe(200)
  })

  it.each(['application/octet-stream', 'multipart/form-data; boundary=x'])(
    'that breaks off half-way as %s stores nothing and leaves nothing behind',
    async (type) => {
      const { portal, head, dataDir, client, token } = await prepare()
      const connection = await connectRaw(portal.port)
      const whole = formText('a'.repeat(50_000))
      connection.socket.write(`${head(type, whole.length)}\r\n${whole.slice(0, 30_000)}`)
      await vi.waitFor(async () => expect(await countFiles(dataDir)).toEqual({ blobs: 0, temporary: 1 }))
      connection.socket.destroy()
      await vi.waitFor(async () => expect(await countFiles(dataDir)).toEqual(EMPTY))
      expect(portal.stats().uploads).toBe(0)
      expect((await client.upload(token, new Uint8Array(10))).status).toBe(200)
    },
  )

  it.each([
    ['a form that ends before its last boundary', formText('hello').slice(0, -8)],
    ['a form with its part under another name', formText('hello', 'other')],
    ['a form with two files', formText('hello').replace('--x--', formText('world').trimEnd())],
    [
      'a form with a field before the file',
      `--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n${formText('hello')}`,
    ],
    ['a form without parts', '--x--\r\n'],
    ['a form with a broken part header', '--x\r\nContent-Disposition\r\n\r\nhello\r\n--x--\r\n'],
    ['an empty body', ''],
  ])('of %s is answered with 400 and stores nothing', async (_, body) => {
    const { portal, head, dataDir, client, token } = await prepare()
    const text = `${head('multipart/form-data; boundary=x', body.length)}Connection: close\r\n\r\n${body}`
    expect(await exchangeRaw(portal.port, text)).toMatch(/^HTTP\/1\.1 400 [\s\S]*application\/problem\+json/)
    expect(await countFiles(dataDir)).toEqual(EMPTY)
    expect((await client.upload(token, new Uint8Array(10))).status).toBe(200)
  })

  it.each([
    ['multipart/form-data', 400],
    ['text/plain', 415],
    ['application/json', 415],
  ])('as %s is answered with %i', async (type, status) => {
    const { portal, head } = await prepare()
    const answer = await exchangeRaw(portal.port, `${head(type, 2)}Connection: close\r\n\r\n{}`)
    expect(answer).toContain(`HTTP/1.1 ${status} `)
  })

  it('without a token is answered with 401 while it is still being sent, and stores nothing', async () => {
    const { client, dataDir } = await prepare()
    expect((await client.upload('wrong', new Uint8Array(900_000))).status).toBe(401)
    expect(await countFiles(dataDir)).toEqual(EMPTY)
  })

  it('of what is stored already is acknowledged again and counted once for the account', async () => {
    const { client, token, dataDir } = await prepare()
    const contents = Array.from({ length: 20 }, () => utf8('the same'))
    const answers = await Promise.all(contents.map((content) => client.upload(token, content)))
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 200))
    expect(await countFiles(dataDir)).toEqual({ blobs: 1, temporary: 0 })
    expect(await (await client.send('GET', '/s5/account', token)).json()).toMatchObject({ pins: 1, bytes: 8 })
  })
})
