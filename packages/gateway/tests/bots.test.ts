import { createHmac } from 'node:crypto'
import type { GenerateStep, StepPieces } from '@s5-conversations/sdk-core'
import { EventSourceParserStream } from 'eventsource-parser/stream'
import { expect, it } from 'vitest'
import { client, closeAfterTest, fetchWith, memorySdk, signIn, startGateway } from './support/gateway-scene'

const WEBHOOK_SECRET = 'webhook secret of tests'
const TELEGRAM_SECRET = 'telegram secret of tests'

const lastWords: GenerateStep = async ({ messages }) => `re ${messages.at(-1)?.content} (${messages.length})`

function deliver(url: string, body: string, at = Date.now(), secret = WEBHOOK_SECRET): Promise<Response> {
  const timestamp = `${Math.floor(at / 1000)}`
  const signature = `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`
  const headers = { 'x-timestamp': timestamp, 'x-signature': signature }
  return fetch(`${url}/webhook`, { method: 'POST', headers, body })
}

function telegram(url: string, update: unknown, secret = TELEGRAM_SECRET): Promise<Response> {
  const headers = { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': secret }
  return fetch(`${url}/telegram-webhook`, { method: 'POST', headers, body: JSON.stringify(update) })
}

/** The events of a chat, to their end. */
async function chat(url: string, cookie: string, body: unknown, signal?: AbortSignal) {
  const response = await fetchWith(cookie)(`${url}/chat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  })
  const events: [string | undefined, Record<string, unknown>][] = []
  if (response.body === null) throw new Error('there is no body')
  for await (const { event, data } of response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream())) {
    events.push([event, JSON.parse(data)])
  }
  return events
}

it('A chat streams its answer, and saves it once it is whole', async () => {
  const generate: GenerateStep = async function* () {
    yield 'one '
    await new Promise((resolve) => setImmediate(resolve))
    yield 'two'
  }
  const { url } = await startGateway({ generate })
  const cookie = await signIn(url)
  const events = await chat(url, cookie, { text: 'count', conversationId: 'c' })
  const text = events.flatMap(([event, data]) => (event === 'text' ? [data.text] : []))
  expect(text.join('')).toBe('one two')
  expect(events.at(-1)).toMatchObject(['done', { conversationId: 'c', text: 'one two', replayed: false }])
  const { json } = await (await client(url, cookie))('GET', '/conversations/c')
  expect((json.messages as { content: string }[]).map(({ content }) => content)).toEqual(['count', 'one two'])
})

it('A chat that fails says so and leaves no trace: by its status, or where something was shown by an event', async () => {
  async function* halfWay(): StepPieces {
    yield 'half an '
    throw new Error('a secret of the model')
  }
  const [late, early] = [
    await startGateway({ generate: () => halfWay() }),
    await startGateway({ generate: () => Promise.reject(new Error('a secret of the model')) }),
  ]
  const cookie = await signIn(late.url)
  const events = await chat(late.url, cookie, { text: 'count', conversationId: 'c' })
  expect(events.at(-1)).toMatchObject(['error', { status: 502, code: 'GENERATION_FAILED' }])
  expect(JSON.stringify(events)).not.toContain('secret')
  expect((await (await client(late.url, cookie))('GET', '/conversations/c')).status).toBe(404)

  const ask = await client(early.url)
  const failed = await ask('POST', '/chat', { text: 'count', conversationId: 'c' })
  expect([failed.status, failed.json.code]).toEqual([502, 'GENERATION_FAILED'])
  expect(JSON.stringify(failed.json)).not.toContain('secret')
  expect((await ask('GET', '/conversations/c')).status).toBe(404)
})

it('A client that goes away ends its turn, and the next one is answered', async () => {
  let heard = 0
  const { url } = await startGateway({
    generate: async function* ({ signal }) {
      heard += 1
      yield `answer ${heard}`
      if (heard === 1) await new Promise((_, reject) => signal.addEventListener('abort', reject))
    },
  })
  const cookie = await signIn(url)
  const gone = new AbortController()
  const leaving = chat(url, cookie, { text: 'first' }, gone.signal)
  while (heard === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  gone.abort()
  await expect(leaving).rejects.toThrow()
  const events = await chat(url, cookie, { text: 'second' })
  expect(events.at(-1)).toMatchObject(['done', { text: 'answer 2' }])
  expect((await (await client(url, cookie))('GET', '/conversations/chat')).json.messageCount).toBe(2)
})

it('A webhook answers in order, and a delivery that comes again is one turn', async () => {
  const { url } = await startGateway({ generate: lastWords, webhookSecret: WEBHOOK_SECRET })
  const body = (text: string, messageId = text) => JSON.stringify({ userId: 'u', messageId, text })
  const answers = await Promise.all(
    ['a', 'b', 'a'].map(async (text) => (await deliver(url, body(text))).json()),
  )
  expect(answers.map(({ text }) => text)).toEqual(['re a (1)', 're b (3)', 're a (1)'])
  expect(answers.map(({ replayed }) => replayed)).toEqual([false, false, true])
  expect((await deliver(url, body('other', 'a'))).status).toBe(422)
})

it('A delivery that is forged, old, or from the future is refused, and so is one that is malformed', async () => {
  const { url } = await startGateway({ generate: lastWords, webhookSecret: WEBHOOK_SECRET })
  const body = JSON.stringify({ userId: 'u', messageId: 'm', text: 'hi' })
  const refused = [
    deliver(url, body, Date.now(), 'another secret of tests'),
    deliver(url, body, Date.now() - 6 * 60_000),
    deliver(url, body, Date.now() + 6 * 60_000),
    deliver(url, body, Number.NaN),
    fetch(`${url}/webhook`, { method: 'POST', body }),
  ]
  for (const response of await Promise.all(refused)) expect(response.status).toBe(401)
  for (const wrong of [
    '',
    '{',
    '[]',
    '{"userId":1}',
    '{"userId":"u","text":"hi"}',
    '{"userId":"u\\u0000","messageId":"m","text":"x"}',
  ]) {
    expect((await deliver(url, wrong)).status, wrong).toBe(400)
  }
})

it('A Telegram bot answers texts of chats and groups, and leaves all other updates alone', async () => {
  const sdk = closeAfterTest(await memorySdk())
  const { url } = await startGateway({ sdk, generate: lastWords, telegramSecret: TELEGRAM_SECRET })
  const message = (id: number, text: string, chat: object, from: number) => ({
    update_id: 1000 + id,
    message: { message_id: id, date: 1, text, from: { id: from, is_bot: false }, chat },
  })
  const group = { id: -5, type: 'supergroup' }
  const first = await (await telegram(url, message(1, 'hi', { id: 7, type: 'private' }, 7))).json()
  expect(first).toEqual({ method: 'sendMessage', chat_id: 7, text: 're hi (1)' })
  await telegram(url, message(2, 'one', group, 7))
  const inGroup = await (await telegram(url, message(3, 'two', group, 8))).json()
  expect(inGroup).toEqual({ method: 'sendMessage', chat_id: -5, text: 're two (3)' })
  const others = [
    { update_id: 1 },
    { update_id: 2, edited_message: message(3, 'x', group, 8).message },
    { update_id: 3, message: { ...message(4, 'x', group, 8).message, text: undefined, sticker: {} } },
    { update_id: 4, some_type_of_2031: { chat: 1 } },
  ]
  for (const update of others) {
    const response = await telegram(url, update)
    expect([response.status, await response.json()]).toEqual([200, {}])
  }
  expect((await telegram(url, message(9, 'x', group, 8), 'wrong')).status).toBe(401)
  expect((await telegram(url, { nothing: 1 })).status).toBe(400)
  const ids = (await sdk.storage.listConversations()).items.map(({ id }) => id)
  expect(ids.sort()).toEqual(['group:telegram:-5', 'user:telegram:7'])
})

it('What needs an LLM is not there without one', async () => {
  const { url } = await startGateway({ webhookSecret: WEBHOOK_SECRET })
  expect((await deliver(url, '{}')).status).toBe(404)
  const ask = await client(url)
  expect((await ask('POST', '/chat', { text: 'hi' })).status).toBe(404)
})
