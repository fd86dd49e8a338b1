import { createPortal } from '@s5-conversations/s5-portal'
import {
  createSdk,
  generateSeedPhrase,
  type Sdk,
  type VersionConflictError,
} from '@s5-conversations/sdk-core'
import { describe, expect, it } from 'vitest'
import { createGatewayStore } from '../src/client'
import {
  client,
  closeAfterTest,
  fetchWith,
  memorySdk,
  s5Sdk,
  signIn,
  startGateway,
  user,
} from './support/gateway-scene'
import { startProxy } from './support/proxy'

const STORES: Record<string, () => Promise<Sdk>> = {
  'the memory store': async () => closeAfterTest(await memorySdk()),
  'the S5 store': s5Sdk,
}

describe.each(Object.entries(STORES))('On %s', (_, open) => {
  it('Of two clients the second stale save gets 409 with what it lacks, and its client recovers', async () => {
    const warnings: unknown[][] = []
    const logger = { debug: () => {}, warn: (...line: unknown[]) => warnings.push(line) }
    const { url } = await startGateway({ sdk: await open(), logger })
    const cookie = await signIn(url)
    const [one, other] = [await client(url, cookie), await client(url, cookie)]

    const first = await one(
      'PUT',
      '/conversations/c',
      { messages: [user('a', 'm1')] },
      { 'if-none-match': '*' },
    )
    expect([first.status, first.headers.get('etag'), first.json]).toEqual([
      201,
      '"1"',
      { conversationId: 'c', version: 1, messageIds: ['m1'] },
    ])
    const both = [user('a', 'm1'), user('b', 'm2')]
    expect(
      (await one('PUT', '/conversations/c', { messages: both }, { 'if-match': '"1"' })).json.version,
    ).toBe(2)

    const mine = [user('a', 'm1'), user('c', 'm3')]
    const stale = await other('PUT', '/conversations/c', { messages: mine }, { 'if-match': '"1"' })
    expect(stale.status).toBe(409)
    expect(stale.headers.get('content-type')).toBe('application/problem+json')
    expect(stale.json).toEqual({
      type: 'about:blank',
      title: 'Conflict',
      status: 409,
      detail: 'Stale session: local version 1, remote version 2',
      code: 'PERSISTENCE_CONFLICT',
      error: 'stale_session',
      message: 'Your session is out of date. Please refresh.',
      local_version: 1,
      remote_version: 2,
      missing: [expect.objectContaining({ id: 'm2', content: 'b' })],
    })
    expect(warnings).toEqual([[{ local_version: 1, remote_version: 2 }, 'Stale session refused']])

    const missing = stale.json.missing as ReturnType<typeof user>[]
    const united = { messages: [mine[0], ...missing, mine[1]] }
    const again = await other('PUT', '/conversations/c', united, {
      'if-match': `"${stale.json.remote_version}"`,
    })
    expect(again.json.version).toBe(3)
    const loaded = await one('GET', '/conversations/c')
    expect((loaded.json.messages as { id: string }[]).map(({ id }) => id)).toEqual(['m1', 'm2', 'm3'])
  })

  it('A StorageManager over the gateway is told of its stale copy as it is of any other', async () => {
    const { url } = await startGateway({ sdk: await open() })
    const fetch = fetchWith(await signIn(url))
    const [one, other] = await Promise.all(
      [1, 2].map(async () => closeAfterTest(await createSdk({ store: createGatewayStore(url, { fetch }) }))),
    )
    if (one === undefined || other === undefined) throw new Error('two are needed')
    await one.storage.appendMessage('c', user('a'))
    const copy = await other.storage.loadConversation('c')
    await one.storage.appendMessage('c', user('b'))
    const saving = other.storage.saveConversationWithVersion(
      { id: 'c', messages: [...(copy?.messages ?? []), user('c')] },
      { expectedVersion: 1 },
    )
    const error = (await saving.catch((reason: unknown) => reason)) as VersionConflictError<
      never,
      { content: string }
    >
    expect(error).toMatchObject({ code: 'PERSISTENCE_CONFLICT', expectedVersion: 1, actualVersion: 2 })
    expect(error.missing.map(({ content }) => content)).toEqual(['b'])

    const session = await one.sessions.startSession({ provider: 'test', model: 'none', conversationId: 'c' })
    await other.sessions.startSession({ provider: 'test', model: 'none', conversationId: 'c' })
    await expect(one.sessions.sendMessage(session.id, 'late')).rejects.toMatchObject({
      code: 'STALE_SESSION',
    })
  })
})

it('A write says which version it is about: without that only what is new is taken', async () => {
  const { url } = await startGateway()
  const ask = await client(url)
  const body = { messages: [user('a', 'm1')] }
  const put = async (headers: Record<string, string>) =>
    (await ask('PUT', '/conversations/c', body, headers)).status
  expect(await put({})).toBe(201)
  expect(await put({})).toBe(428)
  expect(await put({ 'if-none-match': '*' })).toBe(412)
  expect(await put({ 'if-match': '*' })).toBe(200)
  const absurd = ['1', 'W/"2"', '"2", "3"', '"-1"', '"1e9"', '""', '"99999999999999999999"', 'null', '"é"']
  for (const etag of absurd) expect(await put({ 'if-match': etag }), etag).toBe(400)
  expect(await put({ 'if-match': '"2"', 'if-none-match': '*' })).toBe(400)
  expect(await put({ 'if-match': '"999999"' })).toBe(409)
  expect((await ask('PUT', '/conversations/new', body, { 'if-match': '*' })).status).toBe(412)
  expect((await ask('PUT', '/conversations/new', body, { 'if-match': '"7"' })).status).toBe(201)
  expect((await ask('DELETE', '/conversations/c')).status).toBe(428)
  expect((await ask('DELETE', '/conversations/c', undefined, { 'if-match': '"1"' })).status).toBe(409)
  expect((await ask('DELETE', '/conversations/c', undefined, { 'if-match': '"2"' })).status).toBe(204)
  expect((await ask('GET', '/conversations/c')).status).toBe(404)
  expect((await ask('DELETE', '/conversations/never', undefined, { 'if-match': '"2"' })).status).toBe(404)
  expect((await ask('POST', '/conversations/c/messages', body)).status).toBe(410)
})

it('A reader that has the version already gets nothing again', async () => {
  const { url } = await startGateway()
  const ask = await client(url)
  await ask('POST', '/conversations/a%2Fb%20%C3%A9/messages', { messages: [user('a')] })
  const first = await ask('GET', '/conversations/a%2Fb%20%C3%A9')
  expect([first.headers.get('etag'), first.json.id]).toEqual(['"1"', 'a/b é'])
  const second = await ask('GET', '/conversations/a%2Fb%20%C3%A9', undefined, { 'if-none-match': 'W/"1"' })
  expect([second.status, second.json, second.headers.get('etag')]).toEqual([304, {}, '"1"'])
})

it('An idempotency key gives the same answer again, and 422 for other content', async () => {
  const { url } = await startGateway()
  const ask = await client(url)
  const key = { 'idempotency-key': '"once"' }
  const post = (text: string) => ask('POST', '/conversations/c/messages', { messages: [user(text)] }, key)
  const first = await post('a')
  await ask('POST', '/conversations/c/messages', { messages: [user('between')] })
  const again = await post('a')
  expect([again.status, again.json, again.headers.get('etag')]).toEqual([201, first.json, '"1"'])
  const other = await post('b')
  expect([other.status, other.json.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED'])
  expect((await ask('GET', '/conversations/c')).json.messageCount).toBe(2)
})

it('The list is paged, and holds nobody else’s conversations', async () => {
  const { url } = await startGateway()
  const [ada, eve] = [await client(url), await client(url)]
  const ids = ['one', 'two', 'three', 'a.b', '0xsomebody/else']
  for (const id of ids) {
    const path = `/conversations/${encodeURIComponent(id)}/messages`
    await ada('POST', path, { messages: [user(`of ada in ${id}`)] })
    await eve('POST', path, { messages: [user(`of eve in ${id}`)] })
  }
  const found: string[] = []
  for (let cursor = ''; ; ) {
    const { json } = await ada('GET', `/conversations?limit=2${cursor}`)
    found.push(...(json.items as { id: string }[]).map(({ id }) => id))
    if (json.cursor === undefined) break
    cursor = `&cursor=${encodeURIComponent(String(json.cursor))}`
  }
  expect(found.sort()).toEqual([...ids].sort())
  expect(JSON.stringify(await ada('GET', '/conversations/one'))).not.toContain('eve')
  expect((await ada('GET', '/conversations?limit=0')).status).toBe(400)
  expect((await ada('GET', '/conversations?cursor=nonsense')).status).toBe(400)
})

it('What a client has sealed itself is kept as it is', async () => {
  const { url } = await startGateway()
  const ask = await client(url)
  const sealed = { type: 'file', mediaType: 'application/octet-stream', data: '_-8AgA' }
  const body = { messages: [{ role: 'user', content: [sealed] }] }
  expect((await ask('POST', '/conversations/c/messages', body)).status).toBe(201)
  const [message] = (await ask('GET', '/conversations/c')).json.messages as { content: unknown }[]
  expect(message?.content).toEqual([sealed])
})

it('Versions can be listed and loaded where the store keeps them', async () => {
  const ask = await client((await startGateway({ sdk: await s5Sdk() })).url)
  for (const text of ['a', 'b']) await ask('POST', '/conversations/c/messages', { messages: [user(text)] })
  const { json } = await ask('GET', '/conversations/c/versions')
  expect((json.items as { version: number }[]).map(({ version }) => version)).toEqual([2, 1])
  expect((await ask('GET', '/conversations/c?version=1')).json.messageCount).toBe(1)
  const inMemory = await client((await startGateway()).url)
  expect((await inMemory('GET', '/conversations/c/versions')).status).toBe(501)
})

it('A portal that is away is 503 with Retry-After; the save lands when it is asked for again', async () => {
  const state = { isAway: false }
  const portal = closeAfterTest(await createPortal({ port: 0 }))
  const proxy = closeAfterTest(await startProxy(portal.url, () => state.isAway))
  const options = { portals: [proxy.url], seedPhrase: generateSeedPhrase() }
  const { url } = await startGateway({ sdk: closeAfterTest(await createSdk(options)) })
  const ask = await client(url)
  const save = () => ask('POST', '/conversations/c/messages', { messages: [user('a', 'm1')] })
  state.isAway = true
  const away = await save()
  expect([away.status, away.json.code]).toEqual([503, 'STORE_UNAVAILABLE'])
  expect(Number(away.headers.get('retry-after'))).toBeGreaterThan(0)
  state.isAway = false
  expect((await save()).status).toBe(201)
})

it('A wrong address is never taken for an empty store', async () => {
  const { url } = await startGateway()
  const store = createGatewayStore(`${url}/not-here`, { fetch: fetchWith(await signIn(url)) })
  const loading = store.load('c', {}, AbortSignal.timeout(10_000))
  await expect(loading).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
})
