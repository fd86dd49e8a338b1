import { type ConversationNotice, createSdk, type Sdk } from '@s5-conversations/sdk-core'
import { expect, it } from 'vitest'
import { createGatewayStore } from '../src/client'
import { serveGateway } from '../src/index'
import { client, closeAfterTest, fetchWith, s5Sdk, signIn, startGateway, user } from './support/gateway-scene'

/** Reads from a stream until it has said `text`. */
async function readUntil(response: Response, text: string): Promise<string> {
  let said = ''
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  while (!said.includes(text)) {
    const { value, done } = (await reader?.read()) ?? { done: true }
    if (done) break
    said += value
  }
  await reader?.cancel()
  return said
}

/** Until whoever watches the only conversation of `sdk` has been told of what is current. */
async function watched(sdk: Sdk): Promise<void> {
  const id = (await sdk.storage.listConversations()).items[0]?.id ?? ''
  await new Promise<void>((resolve) => {
    const stop = sdk.storage.watchConversation(id, () => setImmediate(() => resolve(stop())))
  })
}

it('Events tell of versions as they come, and a client that comes back hears of what it lacks only', async () => {
  const sdk = await s5Sdk()
  const { url } = await startGateway({ sdk })
  const cookie = await signIn(url)
  const ask = await client(url, cookie)
  const post = (text: string) => ask('POST', '/conversations/c/messages', { messages: [user(text)] })
  const listen = (lastEventId: string) =>
    fetchWith(cookie)(`${url}/conversations/c/events`, { headers: { 'last-event-id': lastEventId } })
  await post('a')
  const first = await listen('')
  expect(first.headers.get('content-type')).toMatch('text/event-stream')
  const heard = readUntil(first, 'id: 2')
  await post('b')
  expect(await heard).toContain('"conversationId":"c"')
  await post('c')
  expect(await readUntil(await listen('2'), 'id: 3')).not.toContain('id: 2')
  const upToDate = readUntil(await listen('3'), 'id: 4')
  await watched(sdk)
  await post('d')
  expect(await upToDate).not.toContain('id: 3')
})

it('Streams of one account are counted, and freed when they end', async () => {
  const { url } = await startGateway({ sdk: await s5Sdk(), maxEventStreams: 1 })
  const cookie = await signIn(url)
  const gone = new AbortController()
  const listen = (signal?: AbortSignal) =>
    fetchWith(cookie)(`${url}/conversations/c/events`, signal === undefined ? {} : { signal })
  expect((await listen(gone.signal)).status).toBe(200)
  expect((await listen()).status).toBe(429)
  gone.abort()
  await expect.poll(async () => (await listen(AbortSignal.timeout(2_000))).status).toBe(200)
})

it('A StorageManager over a gateway watches conversations, also after the gateway was started again', async () => {
  const sdk = await s5Sdk()
  const sessionSecret = new Uint8Array(32).fill(1)
  const first = await serveGateway({ port: 0, sdk, sessionSecret })
  const port = Number(new URL(first.url).port)
  const fetch = fetchWith(await signIn(first.url))
  const watching = closeAfterTest(await createSdk({ store: createGatewayStore(first.url, { fetch }) }))
  const heard: ConversationNotice[] = []
  watching.storage.watchConversation('c', (notice) => heard.push(notice))
  await watching.storage.appendMessage('c', user('a'))
  await expect.poll(() => heard.at(-1)?.version, { timeout: 20_000 }).toBe(1)
  await first.close()
  closeAfterTest(await serveGateway({ port, sdk, sessionSecret }))
  await watching.storage.appendMessage('c', user('b'))
  await expect.poll(() => heard.at(-1)?.version, { timeout: 20_000 }).toBe(2)
  expect(heard.map(({ version }) => version)).toEqual([1, 2])
})
