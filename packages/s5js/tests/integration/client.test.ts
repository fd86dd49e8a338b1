import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { S5, S5Error } from '../../src/index'
import { createClient, createUser, startFaultyPortal, startPortal, startProxy } from '../support/network'
import vectors from '../vectors/identity.json'

const content = new TextEncoder().encode('kept on S5')
const pk = new Uint8Array(33).fill(0xed)

test('a portal that hangs, before or within its answer, makes every call end with TIMEOUT at its deadline', async () => {
  const proxy = await startFaultyPortal()
  const s5 = await createUser(proxy.url)
  const calls = [
    () => s5.api.registryGet(pk, { timeoutMs: 60 }),
    () => s5.api.uploadBlob(content, { timeoutMs: 60 }),
    () => s5.api.downloadBlobAsBytes(pk.subarray(1), { timeoutMs: 60 }),
    () => s5.ensurePortalAccount(proxy.url.replace('127.0.0.1', 'localhost'), undefined, { timeoutMs: 60 }),
  ]
  for (const [fault, call] of (['hang', 'stall'] as const).flatMap((fault) =>
    calls.map((call) => [fault, call] as const),
  )) {
    proxy.fault = () => fault
    const startedAt = performance.now()
    await expect(call()).rejects.toMatchObject({ code: 'TIMEOUT', retryable: true })
    expect(performance.now() - startedAt).toBeLessThan(1000)
  }
})

test('the deadline of the client holds for calls that set none', async () => {
  const proxy = await startProxy()
  proxy.fault = () => 'hang'
  const s5 = await createClient({ portals: [proxy.url], timeoutMs: 50 })
  await expect(s5.api.registryGet(pk)).rejects.toMatchObject({ code: 'TIMEOUT' })
})

test("an abort ends a call at once with the caller's own reason, and ends the request", async () => {
  const proxy = await startProxy()
  const arrived = new Promise<void>((resolve) => {
    proxy.fault = () => {
      resolve()
      return 'hang'
    }
  })
  const s5 = await createClient({ portals: [proxy.url] })
  const controller = new AbortController()
  const call = s5.api.registryGet(pk, { signal: controller.signal })
  await arrived
  const reason = new Error('the user has left')
  controller.abort(reason)
  expect(await call.catch((error: unknown) => error)).toBe(reason)
  await expect(s5.api.registryGet(pk, { signal: controller.signal })).rejects.toBe(reason)
  expect(proxy.seen).toHaveLength(1)
})

test('a portal that cannot be reached is named without its query', async () => {
  const proxy = await startProxy()
  await proxy.close()
  const s5 = await createClient({ portals: [proxy.url] })
  const error = await s5.api.registryGet(pk).catch((error: S5Error) => error)
  expect(error).toMatchObject({ code: 'UNREACHABLE', retryable: true, cause: expect.any(TypeError) })
  expect(String(error)).toContain(`${proxy.url}/s5/registry`)
  expect(String(error)).not.toContain('?')
})

test('an answer that breaks off is unreachable, not a shorter blob', async () => {
  const proxy = await startProxy()
  proxy.fault = () => 'break'
  const s5 = await createClient({ portals: [proxy.url] })
  await expect(s5.api.downloadBlobAsBytes(pk.subarray(1))).rejects.toMatchObject({ code: 'UNREACHABLE' })
})

test('F6: nothing that is thrown holds a phrase, a seed, a token or an invite code', async () => {
  const proxy = await startFaultyPortal()
  const s5 = await createUser(proxy.url)
  const phrase = vectors.phrase.text
  const token = proxy.seen.find(({ path }) => path === '/s5/upload')?.headers.authorization?.slice(7) ?? ''
  const inviteCode = 'invite-code-of-a-friend'
  const thrown: unknown[] = []
  const collect = (call: Promise<unknown>) =>
    call.then(
      () => expect.unreachable(),
      (error: unknown) => thrown.push(error),
    )

  // A portal that says back whatever it was told.
  proxy.fault = ({ headers, body, url }) => ({ status: 403, body: `${headers.authorization} ${url} ${body}` })
  await collect(s5.api.uploadBlob(content))
  proxy.fault = ({ headers }) => ({ status: 200, body: `{"echo": ${headers.authorization}` })
  await collect(s5.api.uploadBlob(content))
  proxy.fault = ({ headers, body, url }) => ({ status: 403, body: `${headers.authorization} ${url} ${body}` })
  await collect(s5.registerOnNewPortal(proxy.url.replace('127.0.0.1', 'localhost'), inviteCode))
  await collect(s5.recoverIdentityFromSeedPhrase(phrase))
  await collect(s5.recoverIdentityFromSeedPhrase(`${phrase} `.replace(' ', ' x ')))
  expect(() => s5.setPortalAuth(proxy.url, `${token}\n`)).toThrow(S5Error)
  await collect(Promise.resolve().then(() => s5.setPortalAuth(proxy.url, `${token}\n`)))
  await collect(S5.create({ portals: [`http://user:${token}@host`] }))
  await collect(S5.create({ portals: [`://${token}`] }))

  expect(thrown).toHaveLength(8)
  expect(token.length).toBeGreaterThan(20)
  expect(String(thrown[0])).toContain('Bearer <redacted>')
  const shown = thrown
    .map((error) => inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error))
    .join('\n')
  for (const secret of [token, inviteCode, phrase, ...phrase.split(' ').filter((word) => word.length > 4)]) {
    expect(shown).not.toContain(secret)
  }
})

test('a client prints none of its secrets', async () => {
  const proxy = await startFaultyPortal()
  const s5 = await createUser(proxy.url)
  const token = proxy.seen.find(({ path }) => path === '/s5/upload')?.headers.authorization?.slice(7) ?? ''
  const seed = Buffer.from(s5.identity?.fsRootKey.reveal() ?? []).toString('hex')
  const shown = inspect(s5, { depth: 12, showHidden: true }) + JSON.stringify(s5)
  expect(shown).not.toContain(token)
  expect(shown.replaceAll(/[\s,]/g, '')).not.toContain(seed)
})

test('a closed client has no secrets, ends its calls, and takes no more', async () => {
  const proxy = await startFaultyPortal()
  const s5 = await createUser(proxy.url)
  const seed = s5.identity?.fsRootKey.reveal()
  proxy.fault = () => 'hang'
  const call = s5.api.registryGet(pk)
  s5.close()
  await expect(call).rejects.toMatchObject({ code: 'CLOSED' })
  expect(seed).toEqual(new Uint8Array(32))
  expect(s5.hasIdentity).toBe(false)
  await expect(s5.api.uploadBlob(content)).rejects.toMatchObject({ code: 'CLOSED' })
  await expect(s5.sign(content)).rejects.toMatchObject({ code: 'CLOSED' })
  expect(() => s5.generateSeedPhrase()).toThrow(S5Error)
})

test('what this client does not have, it says so', async () => {
  const s5 = await createClient({})
  S5.initDataPath('/anywhere')
  await createClient({ initialPeers: [] })
  const calls = [
    () => s5.fs,
    () => s5.api.registryListen(pk, () => {}),
    () => s5.api.streamSubscribe(pk),
    () => s5.api.streamPublish(pk),
  ]
  for (const call of calls) expect(call).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }))
})

test('a portal URL is http or https, and its path does not matter', async () => {
  const portal = await startPortal()
  for (const url of ['ftp://host', 'host', '', 'http://user@host']) {
    await expect(S5.create({ portals: [url] })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  }
  const s5 = await createClient({ portals: [`${portal.url}/some/path/`, portal.url] })
  expect(await s5.api.registryGet(pk)).toBeUndefined()
  expect(s5.getTransferStats().requests).toBe(1)
})
