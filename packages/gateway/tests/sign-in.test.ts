import { Wallet } from 'ethers'
import { jwtVerify, SignJWT } from 'jose'
import { SiweMessage } from 'siwe'
import { expect, it } from 'vitest'
import { createGateway } from '../src/index'
import {
  client,
  closeAfterTest,
  memorySdk,
  signIn,
  siweText,
  startGateway,
  user,
  verify,
} from './support/gateway-scene'

const SECRET = new Uint8Array(32).fill(7)

it('A wallet signs in, once for each message, and its session ends when it signs out', async () => {
  const { url } = await startGateway()
  const wallet = Wallet.createRandom()
  const message = await siweText(url, wallet.address)
  const signature = await wallet.signMessage(message)
  const response = await verify(url, message, signature)
  expect(await response.json()).toEqual({ address: wallet.address.toLowerCase() })
  const cookie = response.headers.get('set-cookie') ?? ''
  expect(cookie).toMatch(/^s5-session=[\w.-]+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/)
  expect((await verify(url, message, signature)).status).toBe(401)

  const [session = ''] = cookie.split(';')
  const ask = await client(url, session)
  expect((await ask('GET', '/conversations')).status).toBe(200)
  expect((await ask('POST', '/auth/sign-out')).status).toBe(204)
  expect((await ask('GET', '/conversations')).status).toBe(401)
})

it('Forged, foreign, expired and malformed messages sign nobody in, and all look the same', async () => {
  let now = Date.now()
  const { url } = await startGateway({ now: () => now })
  const [wallet, other] = [Wallet.createRandom(), Wallet.createRandom()]
  const attempt = async (message: string, signer = wallet) =>
    verify(url, message, await signer.signMessage(message))
  const past = new Date(now - 60_000).toISOString()
  const attempts = [
    attempt(await siweText(url, wallet.address), other),
    attempt(await siweText(url, wallet.address, { domain: 'evil.example' })),
    attempt(await siweText(url, wallet.address, { uri: 'https://evil.example' })),
    attempt(await siweText(url, wallet.address, { nonce: 'abcdefgh12345678' })),
    attempt(await siweText(url, wallet.address, { expirationTime: past })),
    attempt(await siweText(url, wallet.address, { notBefore: new Date(now + 3_600_000).toISOString() })),
    attempt('sign me in'),
    verify(url, 'x'.repeat(100_000), `0x${'0'.repeat(130)}`),
    verify(url, await siweText(url, wallet.address), '0x'),
    verify(url, await siweText(url, wallet.address), `0x${'0'.repeat(130)}`),
    verify(url, 42 as never, null as never),
  ]
  const late = await siweText(url, wallet.address)
  for (const response of await Promise.all(attempts)) {
    expect(response.status).toBe(401)
    expect(response.headers.get('set-cookie')).toBe(null)
    expect(await response.json()).toMatchObject({ detail: 'The message or its signature is not valid here' })
  }
  now += 5 * 60_000 + 1
  expect((await attempt(late)).status).toBe(401)
})

it('A nonce is not used up by somebody who cannot sign', async () => {
  const { url } = await startGateway()
  const wallet = Wallet.createRandom()
  const message = await siweText(url, wallet.address)
  expect((await verify(url, message, await Wallet.createRandom().signMessage(message))).status).toBe(401)
  expect((await verify(url, message, await wallet.signMessage(message))).status).toBe(200)
})

it('Sessions that are forged, expired, or of another gateway open nothing', async () => {
  let now = Date.now()
  const sessionMs = 60_000
  const { url } = await startGateway({ sessionSecret: SECRET, sessionMs, now: () => now })
  const own = await signIn(url)
  const { payload } = await jwtVerify(own.split('=')[1] ?? '', SECRET)
  const forge = (audience: string, key = SECRET) =>
    new SignJWT({ ...payload, aud: audience }).setProtectedHeader({ alg: 'HS256' }).sign(key)
  const tokens = [
    '',
    'nonsense',
    await forge(url, new Uint8Array(32)),
    await forge('https://other.example'),
    `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify(payload))}.`,
  ]
  for (const token of tokens) {
    const ask = await client(url, `s5-session=${token}`)
    expect((await ask('GET', '/conversations')).status, token).toBe(401)
  }
  const ask = await client(url, own)
  expect((await ask('GET', '/conversations')).status).toBe(200)
  now += sessionMs + 1000
  expect((await ask('GET', '/conversations')).status).toBe(401)
})

it('Pages of other sites can neither read nor write, those that are allowed can', async () => {
  const allowed = 'https://app.example'
  const { url } = await startGateway({ allowedOrigins: [allowed] })
  const ask = await client(url)
  const write = (headers: Record<string, string>) =>
    ask('POST', '/conversations/c/messages', { messages: [user('a')] }, headers)
  expect((await write({ origin: 'https://evil.example' })).status).toBe(403)
  expect((await write({ origin: 'null' })).status).toBe(403)
  expect((await write({ 'sec-fetch-site': 'cross-site' })).status).toBe(403)
  expect((await write({ 'content-type': 'text/plain' })).status).toBe(415)
  expect((await ask('GET', '/conversations/c')).status).toBe(404)
  expect((await write({ origin: allowed })).status).toBe(201)
  expect((await write({ origin: url })).status).toBe(200)

  const evil = await ask('GET', '/conversations/c', undefined, { origin: 'https://evil.example' })
  expect(evil.headers.get('access-control-allow-origin')).toBe(null)
  const page = await ask('GET', '/conversations/c', undefined, { origin: allowed })
  expect(page.headers.get('access-control-allow-origin')).toBe(allowed)
  expect(page.headers.get('access-control-allow-credentials')).toBe('true')
  for (const header of ['content-security-policy', 'x-content-type-options', 'referrer-policy']) {
    expect(page.headers.get(header), header).not.toBe(null)
  }
  expect(page.headers.get('cache-control')).toBe('no-store')
})

it('As middleware behind https the cookie is secure and bound to the host, and paths begin where it is mounted', async () => {
  const sdk = closeAfterTest(await memorySdk())
  const gateway = createGateway({ sdk, publicUrl: 'https://chat.example/api' })
  const wallet = Wallet.createRandom()
  const ask = async (path: string, init?: RequestInit) =>
    gateway.fetch(new Request(`https://chat.example/api${path}`, init))
  const { nonce } = (await (await ask('/auth/nonce')).json()) as { nonce: string }
  const message = siweTextOf('chat.example', wallet.address).replace('0000000000000000', nonce)
  const response = await ask('/auth/verify', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message, signature: await wallet.signMessage(message) }),
  })
  const cookie = response.headers.get('set-cookie') ?? ''
  expect(cookie).toMatch(/^__Host-s5-session=.*; Path=\/; HttpOnly; Secure; SameSite=Strict$/)
  const list = await ask('/conversations', { headers: { cookie: cookie.split(';')[0] ?? '' } })
  expect(await list.json()).toEqual({ items: [] })
  expect((await gateway.fetch(new Request('https://chat.example/health'))).status).toBe(404)
  gateway.close()
})

it('Too many requests of one client are refused for a while, and so are bodies that are too large', async () => {
  let now = Date.now()
  const { url } = await startGateway({ requestsPerSecond: 1, now: () => now, maxBodyBytes: 1000 })
  const health = async () => (await fetch(`${url}/health`)).status
  const statuses: number[] = []
  for (let i = 0; i < 5; i += 1) statuses.push(await health())
  expect(statuses).toEqual([200, 200, 200, 200, 429])
  now += 4_000
  expect(await health()).toBe(200)
  const large = JSON.stringify({ message: 'x'.repeat(1000) })
  const headers = { 'content-type': 'application/json' }
  const refused = await fetch(`${url}/auth/verify`, { method: 'POST', headers, body: large })
  expect(refused.status).toBe(413)
  const pieces = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(500)),
  })
  const endless = { method: 'POST', headers, body: pieces, duplex: 'half' } as RequestInit
  const status = await fetch(`${url}/auth/verify`, endless).then(
    (response) => response.status,
    () => 413,
  )
  expect(status).toBe(413)
})

it('Options that protect nothing are refused', async () => {
  const sdk = closeAfterTest(await memorySdk())
  const publicUrl = 'https://chat.example'
  const wrong = [
    { publicUrl: 'chat.example' },
    { publicUrl: 'javascript:alert(1)' },
    { sessionSecret: new Uint8Array(31) },
    { webhookSecret: 'secret' },
    { telegramSecret: '' },
    { maxBodyBytes: Number.NaN },
    { requestsPerSecond: 0 },
    { sessionSecrets: new Uint8Array(32) },
  ]
  for (const options of wrong) {
    expect(() => createGateway({ sdk, publicUrl, ...options })).toThrow(/must be|is not an option/)
  }
})

function siweTextOf(host: string, address: string): string {
  const place = { domain: host, uri: `https://${host}`, version: '1', chainId: 1 }
  return new SiweMessage({ ...place, address, nonce: '0000000000000000' }).prepareMessage()
}
