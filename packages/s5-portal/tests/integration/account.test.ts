import { describe, expect, it } from 'vitest'
import { toBase64Url } from '../support/bytes'
import { answerChallenge, type ChallengeKind, createClient, problemOf } from '../support/client'
import { createKey } from '../support/keys'
import { openPortal } from '../support/portal'
import { exchangeRaw } from '../support/raw-socket'

const KINDS: ChallengeKind[] = ['register', 'login']

async function openClient(options = {}, environment = {}) {
  const portal = await openPortal(options, environment)
  return { portal, client: createClient(portal.url), host: new URL(portal.url).host }
}

describe('registering', () => {
  it('gives a token in the body and in a cookie that scripts cannot read', async () => {
    const { client } = await openClient()
    const response = await client.authenticate('register', createKey())
    const { authToken } = (await response.json()) as { authToken: string }
    expect(response.status).toBe(200)
    expect(authToken).toMatch(/^[\w-]{43}$/)
    const cookie = response.headers.get('set-cookie')
    expect(cookie).toBe(`s5-auth-token=${authToken}; Path=/; HttpOnly; SameSite=Strict`)
  })

  it('again with the same key gives another token for the same account, and both stay good', async () => {
    const { client } = await openClient()
    const key = createKey()
    const tokens = [await client.register(key), await client.register(key)]
    await client.upload(tokens[0] ?? '', new Uint8Array(10))
    const accounts = tokens.map((token) =>
      client.send('GET', '/s5/account', token).then((answer) => answer.json()),
    )
    const [first, second] = await Promise.all(accounts)
    expect(new Set(tokens).size).toBe(2)
    expect(first).toMatchObject({ pins: 1, bytes: 10 })
    expect(second).toEqual(first)
  })

  it('with the host of the public URL works behind a proxy that sets its own Host header', async () => {
    const { portal } = await openClient({ publicUrl: 'https://portal.example' })
    const outside = createClient(portal.url, 'portal.example')
    expect((await outside.authenticate('register', createKey())).status).toBe(200)
    const inside = createClient(portal.url)
    expect((await inside.authenticate('register', createKey())).status).toBe(401)
  })

  it('takes the host from the Host header, in whatever case, when there is no public URL', async () => {
    const { portal, client } = await openClient()
    const key = createKey()
    const challenge = await client.getChallenge('register', key)
    const body = JSON.stringify(
      await answerChallenge(key, 'register', challenge, { host: 'portal.example:81' }),
    )
    const answer = await exchangeRaw(
      portal.port,
      `POST /s5/account/register HTTP/1.1\r\nHost: Portal.Example:81\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
    expect(answer).toContain('HTTP/1.1 200 OK')
  })
})

describe('invite codes', () => {
  it('let in who has one of them', async () => {
    const { client, host } = await openClient({ inviteCodes: ['first', 'second'] })
    const key = createKey()
    const headers = { authorization: 'Bearer second' }
    const response = await client.get(`/s5/account/register?pubKey=${toBase64Url(key.publicKey)}`, headers)
    const { challenge } = (await response.json()) as { challenge: string }
    const body = await answerChallenge(key, 'register', challenge, { host })
    expect((await client.postJson('/s5/account/register', body, headers)).status).toBe(200)
    expect((await client.authenticate('login', key)).status).toBe(200)
  })

  it.each([undefined, 'Bearer third', 'Bearer ', 'Basic Zmlyc3Q=', 'first'])(
    'keep out %s',
    async (authorization) => {
      const { client, portal } = await openClient({ inviteCodes: ['first', 'second'] })
      const headers = authorization === undefined ? {} : { authorization }
      const path = `/s5/account/register?pubKey=${toBase64Url(createKey().publicKey)}`
      const answers = await Promise.all([
        client.get(path, headers),
        client.postJson('/s5/account/register', {}, headers),
      ])
      expect(answers.map((answer) => answer.status)).toEqual([401, 401])
      expect((await problemOf(answers[0])).detail).toContain('invite code')
      expect(portal.stats().registrations).toBe(0)
    },
  )
})

describe('logging in', () => {
  it('gives a fresh token to a registered key', async () => {
    const { client, portal } = await openClient()
    const key = createKey()
    const token = await client.register(key)
    const response = await client.authenticate('login', key)
    const { authToken } = (await response.json()) as { authToken: string }
    expect(response.status).toBe(200)
    expect(authToken).not.toBe(token)
    expect((await client.send('GET', '/s5/account', authToken)).status).toBe(200)
    expect(portal.stats()).toMatchObject({ registrations: 1, logins: 1 })
  })

  it('is answered with 404 and what to do when the key has no account', async () => {
    const { client } = await openClient()
    const response = await client.authenticate('login', createKey())
    expect(response.status).toBe(404)
    expect((await problemOf(response)).detail).toContain('register')
  })

  it('works for two devices of one key at the same time', async () => {
    const { client, host } = await openClient()
    const key = createKey()
    await client.register(key)
    const challenges = [await client.getChallenge('login', key), await client.getChallenge('login', key)]
    const bodies = await Promise.all(challenges.map((one) => answerChallenge(key, 'login', one, { host })))
    const answers = await Promise.all(bodies.map((body) => client.postJson('/s5/account/login', body)))
    expect(answers.map((answer) => answer.status)).toEqual([200, 200])
  })
})

describe.each(KINDS)('an answer to a %s challenge', (kind) => {
  const path = `/s5/account/${kind}`

  async function prepare(environment = {}) {
    const { client, host } = await openClient({}, environment)
    const key = createKey()
    await client.register(key)
    return { client, host, key, challenge: await client.getChallenge(kind, key) }
  }

  it('is refused the second time', async () => {
    const { client, host, key, challenge } = await prepare()
    const body = await answerChallenge(key, kind, challenge, { host })
    expect((await client.postJson(path, body)).status).toBe(200)
    const again = await client.postJson(path, body)
    expect(again.status).toBe(401)
    expect((await problemOf(again)).detail).toContain('challenge')
  })

  it('is refused after five minutes', async () => {
    let now = Date.now()
    const { client, host, key, challenge } = await prepare({ now: () => now })
    now += 5 * 60_000 + 1
    const answer = await client.postJson(path, await answerChallenge(key, kind, challenge, { host }))
    expect(answer.status).toBe(401)
  })

  it('is refused for a challenge the portal never gave', async () => {
    const { client, host, key } = await prepare()
    const body = await answerChallenge(key, kind, toBase64Url(new Uint8Array(32)), { host })
    expect((await client.postJson(path, body)).status).toBe(401)
  })

  it('is refused when another key signed it', async () => {
    const { client, host, key, challenge } = await prepare()
    const forged = await answerChallenge(createKey(), kind, challenge, { host })
    const answer = await client.postJson(path, { ...forged, pubKey: toBase64Url(key.publicKey) })
    expect(answer.status).toBe(401)
    expect((await problemOf(answer)).detail).toContain('signature')
  })

  it('is refused when it was made for another host, and uses the challenge up', async () => {
    const { client, host, key, challenge } = await prepare()
    const wrong = await answerChallenge(key, kind, challenge, { host: 'evil.example' })
    expect((await client.postJson(path, wrong)).status).toBe(401)
    const right = await answerChallenge(key, kind, challenge, { host })
    expect((await client.postJson(path, right)).status).toBe(401)
  })

  it('is refused with the type of the other purpose', async () => {
    const { client, host, key, challenge } = await prepare()
    const body = await answerChallenge(key, kind, challenge, { host, type: kind === 'login' ? 1 : 2 })
    expect((await client.postJson(path, body)).status).toBe(401)
  })

  it('is malformed with a member missing, of the wrong kind or of the wrong length', async () => {
    const { client, host, key, challenge } = await prepare()
    const body = await answerChallenge(key, kind, challenge, { host })
    const { response: _, ...rest } = body
    const bad = [
      rest,
      { ...body, response: 1 },
      { ...body, response: 'AAAA' },
      { ...body, pubKey: 'AAAA' },
      [],
      null,
    ]
    const answers = await Promise.all(bad.map((value) => client.postJson(path, value)))
    expect(answers.map((answer) => answer.status)).toEqual(bad.map(() => 400))
    expect((await client.postJson(path, body)).status).toBe(200)
  })

  it('is not given a challenge without a key of the right form', async () => {
    const { client } = await openClient()
    const queries = ['', '?pubKey=', '?pubKey=%00', `?pubKey=${toBase64Url(new Uint8Array(33))}`]
    const answers = await Promise.all(queries.map((query) => client.get(`${path}${query}`)))
    expect(answers.map((answer) => answer.status)).toEqual([400, 400, 400, 400])
  })
})

describe('a token', () => {
  it('opens the account as bearer token or as cookie', async () => {
    const { client } = await openClient()
    const token = await client.register()
    const headers = [{ authorization: `Bearer ${token}` }, { cookie: `s5-auth-token=${token}` }]
    const answers = await Promise.all(headers.map((header) => client.get('/s5/account', header)))
    expect(answers.map((answer) => answer.status)).toEqual([200, 200])
  })

  it('is not taken from the URL', async () => {
    const { client } = await openClient()
    const token = await client.register()
    expect((await client.get(`/s5/account?auth_token=${token}`)).status).toBe(401)
  })

  it.each(['', 'x', 'A'.repeat(43), 'A'.repeat(10_000)])(
    'that was never given opens nothing: %s',
    async (token) => {
      const { client, portal } = await openClient()
      const answers = await Promise.all([
        client.send('GET', '/s5/account', token),
        client.upload(token, new Uint8Array(1)),
        client.send('POST', '/s5/pin/bxx', token),
        client.send('DELETE', '/s5/delete/bxx', token),
      ])
      expect(answers.map((answer) => answer.status)).toEqual([401, 401, 401, 401])
      expect(answers[0]?.headers.get('www-authenticate')).toBe('Bearer')
      expect(portal.stats().uploads).toBe(0)
    },
  )
})

describe('the account', () => {
  it('shows when it was opened and what it pins, and nothing secret', async () => {
    const { client } = await openClient({}, { now: () => Date.UTC(2026, 0, 2) })
    const token = await client.register()
    await client.upload(token, new Uint8Array(10))
    await client.upload(token, new Uint8Array(20))
    const answer = await client.send('GET', '/s5/account', token)
    expect(await answer.json()).toEqual({ createdAt: '2026-01-02T00:00:00.000Z', pins: 2, bytes: 30 })
  })
})
