import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startHarness, stop } from './support/servers'
import { expect, test } from './support/test'

const KEY = 'a-key-for-this-test'

/** An OpenAI-compatible server that answers two words, and notes what it was asked. */
async function startModel() {
  const asked: { authorization: string | undefined; body: string }[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    asked.push({ authorization: request.headers.authorization, body })
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const content of ['Good', ' morning']) {
      response.write(`data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`)
    }
    response.end('data: [DONE]\n\n')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { asked, url: `http://127.0.0.1:${port}/v1`, close: () => server.close() }
}

test('an OpenAI-compatible model answers, and its key stays on the server', async ({
  request,
  portalUrl,
}) => {
  const model = await startModel()
  const env = { LLM_BASE_URL: model.url, LLM_MODEL: 'parrot', LLM_API_KEY: KEY }
  const harness = await startHarness(portalUrl, env)
  try {
    const messages = [{ role: 'user', content: 'Hello' }]
    const answer = await request.post(`${harness.url}/api/chat`, { data: { messages } })
    expect(await answer.text()).toBe('Good morning')
    expect(model.asked).toEqual([
      { authorization: `Bearer ${KEY}`, body: JSON.stringify({ model: 'parrot', messages, stream: true }) },
    ])
    const config = await (await request.get(`${harness.url}/api/config`)).text()
    expect(config).toContain('parrot')
    expect(config).not.toContain(KEY)
    model.close()
    const refused = await request.post(`${harness.url}/api/chat`, { data: { messages } })
    expect(refused.status()).toBe(502)
    expect(await refused.text()).not.toContain(KEY)
  } finally {
    model.close()
    await stop(harness.process)
  }
})

test('the demo model answers the same to the same, and refuses what is no conversation', async ({
  request,
}) => {
  const ask = (data: unknown) => request.post('/api/chat', { data })
  const messages = [{ role: 'user', content: 'Hello' }]
  const first = await (await ask({ messages, delayMs: 0 })).text()
  expect(first).toContain('demo model')
  expect(await (await ask({ messages, delayMs: 0 })).text()).toBe(first)
  for (const wrong of [
    {},
    { messages: [] },
    { messages: [{ role: 'owner', content: '' }] },
    { messages: [null] },
  ]) {
    expect((await ask(wrong)).status()).toBe(400)
  }
  const headers = { 'content-type': 'text/plain' }
  const foreign = await request.post('/api/chat', { data: JSON.stringify({ messages }), headers })
  expect(foreign.status()).toBe(400)
})
