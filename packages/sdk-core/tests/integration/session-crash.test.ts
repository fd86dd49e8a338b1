import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { generateSeedPhrase } from '../../src/index'
import { closeAfterTest, startPortal, startSdk } from '../support/fixture'
import { scriptedLlm } from '../support/scripted-llm'

const WORKER = fileURLToPath(new URL('../workers/stream.mjs', import.meta.url))

it('A process that is killed while it streams leaves what it had saved, and another goes on', async () => {
  const portal = await startPortal()
  const seedPhrase = generateSeedPhrase()
  const child = fork(WORKER, { execArgv: [] })
  closeAfterTest({ close: async () => void child.kill('SIGKILL') })
  child.send({ portal: portal.url, seedPhrase, conversationId: 'one' })
  const [sessionId] = (await once(child, 'message')) as [string]
  const sdk = await startSdk(portal.url, seedPhrase)
  const answer = async () => (await sdk.storage.loadConversation('one'))?.messages[1]
  while ((await answer()) === undefined) await new Promise((resolve) => setTimeout(resolve, 50))
  child.kill('SIGKILL')
  await once(child, 'exit')
  const left = await answer()
  expect(left).toMatchObject({ role: 'assistant', metadata: { sessionId, status: 'streaming' } })
  expect(left?.content).toMatch(/^0 1 2 /)

  const resumed = await sdk.sessions.resumeSession(sessionId)
  const interrupted = { ...left, metadata: { sessionId, status: 'interrupted' } }
  expect(resumed.messages).toMatchObject([{ content: 'Count' }, interrupted])
  await sdk.sessions.streamMessage(sessionId, 'Go on', scriptedLlm(['and so on']))
  await sdk.sessions.completeSession(sessionId)
  const stored = await sdk.storage.loadConversation('one')
  expect(stored?.messages).toMatchObject([
    { content: 'Count' },
    { content: left?.content, metadata: { status: 'interrupted' } },
    { content: 'Go on' },
    { content: 'and so on', metadata: { status: 'complete' } },
  ])
})
