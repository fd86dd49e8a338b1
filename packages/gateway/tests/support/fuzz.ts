import { expect } from 'vitest'
import { client, closeAfterTest, fetchWith, memorySdk, signIn, startGateway, user } from './gateway-scene'
import { createMutator, type FuzzRequest } from './mutations'

const SECRET_WORD = 'xylophone'
/** What memory cannot do. */
const NOT_IN_MEMORY = 501

function json(
  method: string,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): FuzzRequest {
  return {
    method,
    path,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  }
}

function get(path: string): FuzzRequest {
  return { method: 'GET', path, headers: {}, body: undefined }
}

const message = {
  id: 'm',
  role: 'user',
  content: [{ type: 'file', mediaType: 'a/b', data: 'AAEC' }],
  createdAt: 1,
}
const change = {
  kind: 'append',
  messages: [{ message, intent: 'append' }],
  edits: [{ id: 'm', content: 'x' }],
  deletions: ['m'],
  fields: { f: { value: 1, blind: false } },
  title: { value: 't', blind: true },
  ids: 'given',
  expectedVersion: 1,
  session: { epoch: 1, since: 1 },
  idempotency: { key: 'A'.repeat(22), input: 'B'.repeat(22) },
}

function originals(owner: string): FuzzRequest[] {
  return [
    get('/conversations?limit=5&cursor=1.c'),
    get('/conversations/c?limit=1&before=m&version=1'),
    get(`/conversations/${owner}%2Fc`),
    get('/conversations/c/versions?limit=1'),
    json(
      'PUT',
      '/conversations/c',
      { messages: [message], title: 't', metadata: { a: [1] } },
      { 'if-match': '"1"' },
    ),
    json('PUT', '/conversations/n', { messages: [user('a')] }, { 'idempotency-key': '"k"' }),
    json('POST', '/conversations/c/messages', { messages: [message, user('b')] }),
    json('POST', '/conversations/c/commits', { changes: [change, { ...change, kind: 'save' }] }),
    { method: 'DELETE', path: '/conversations/c', headers: { 'if-match': '"1"' }, body: undefined },
    json('POST', '/chat', { text: 'hi', conversationId: 'c', messageId: 'm' }),
    json(
      'POST',
      '/webhook',
      { userId: 'u', messageId: 'm', text: 'hi' },
      { 'x-timestamp': '1', 'x-signature': 'sha256=0' },
    ),
    json(
      'POST',
      '/telegram-webhook',
      { update_id: 1, message: { message_id: 1, text: 'x' } },
      { 'x-telegram-bot-api-secret-token': 'secret of telegram' },
    ),
    json('POST', '/auth/verify', { message: 'm', signature: `0x${'0'.repeat(130)}` }),
  ]
}

/** Sends requests that are nearly right as one account; nothing of another account may be seen or changed. */
export async function fuzzGateway(requests: number, seed: number): Promise<Record<number, number>> {
  const warnings: unknown[] = []
  const logger = {
    debug: () => {},
    warn: (fields: object, text: string) => void (text.includes('unexpectedly') && warnings.push(fields)),
  }
  const sdk = closeAfterTest(await memorySdk())
  const options = {
    generate: async () => 'fine',
    webhookSecret: 'secret of webhooks',
    telegramSecret: 'secret of telegram',
  }
  const { url } = await startGateway({ sdk, logger, ...options })
  const victim = await client(url)
  await victim('PUT', '/conversations/c', { messages: [user(SECRET_WORD, 'm')] })
  const before = await victim('GET', '/conversations/c')
  const owner = (await sdk.storage.listConversations()).items[0]?.id.split('/')[0] ?? ''
  const attacker = fetchWith(await signIn(url))
  const next = createMutator(seed, originals(owner))
  const counts: Record<number, number> = {}
  const send = async () => {
    const { method, path, headers, body } = next()
    const hasBody = body !== undefined && method !== 'GET'
    const response = await attacker(url + path, {
      method,
      headers,
      ...(hasBody ? { body } : {}),
      redirect: 'manual',
    })
    const text = path.includes('/events') ? '' : await response.text()
    counts[response.status] = (counts[response.status] ?? 0) + 1
    const told = { method, path, headers, body, status: response.status, text }
    if (response.status >= 500 && response.status !== NOT_IN_MEMORY) expect.unreachable(JSON.stringify(told))
    if (text.includes(SECRET_WORD) || text.includes(owner)) {
      if (!path.includes(owner.slice(2, 20))) expect.unreachable(`leaks: ${JSON.stringify(told)}`)
    }
  }
  for (let sent = 0; sent < requests; sent += 10) await Promise.all(Array.from({ length: 10 }, send))
  expect(warnings).toEqual([])
  expect(await victim('GET', '/conversations/c')).toMatchObject({ status: 200, json: before.json })
  expect((await victim('GET', '/conversations')).json.items).toHaveLength(1)
  return counts
}
