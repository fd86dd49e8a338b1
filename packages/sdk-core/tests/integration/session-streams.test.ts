import { describe, expect, it } from 'vitest'
import { createSdk, type Message, SessionManager } from '../../src/index'
import type { SavePrompt } from '../../src/session/stream'
import { MemoryBackend, MemoryConversationStore } from '../../src/testing/index'
import { FakeClock } from '../support/fake-clock'
import { type Fault, startFaultProxy } from '../support/fault-proxy'
import { closeAfterTest, startPortal, startSdk } from '../support/fixture'
import { prose } from '../support/prose'
import { scriptedLlm } from '../support/scripted-llm'
import { playScene, START, until, WORDS } from '../support/session-scene'

describe('A streamed answer', () => {
  it('is one message after its prompt, whole and complete', async () => {
    const { sessions, session, messages, clock } = await playScene()
    const shown: string[] = []
    const answered = await sessions.streamMessage(session.id, 'Tell me', scriptedLlm(WORDS), {
      onText: (text) => shown.push(text),
    })
    expect(shown).toEqual(WORDS)
    const [prompt, answer, ...more] = await messages()
    expect(more).toEqual([])
    expect(prompt).toMatchObject({ id: answered.promptId, role: 'user', content: 'Tell me' })
    expect(answer).toEqual(answered.message)
    expect(answer).toMatchObject({
      role: 'assistant',
      content: WORDS.join(''),
      parentId: answered.promptId,
      metadata: { sessionId: session.id, status: 'complete' },
    })
    expect(clock.pending).toBe(0)
  })

  it('is generated when its prompt is durable, from all that the conversation holds', async () => {
    const { sessions, session, other, messages } = await playScene()
    await other.storage.appendMessage(session.conversationId, { role: 'user', content: 'from elsewhere' })
    await sessions.sendMessage(session.id, 'sent')
    let stored: Message[] = []
    let given: Message[] = []
    await sessions.streamMessage(session.id, 'prompt', async function* (input) {
      stored = await messages()
      given = input.messages.slice()
      input.messages.push({ id: 'system', role: 'system', content: 'formatted', createdAt: 0 })
      yield 'answer'
    })
    expect(stored.map(({ content }) => content)).toEqual(['from elsewhere', 'sent', 'prompt'])
    expect(given).toEqual(stored)
    expect((await messages()).map(({ content }) => content)).toEqual([
      'from elsewhere',
      'sent',
      'prompt',
      'answer',
    ])
  })

  it('is generated when whatever makes prompts durable says so', async () => {
    const { sdk } = await playScene()
    const steps: string[] = []
    const savePrompt: SavePrompt = async (id, prompt, options) => {
      const result = await sdk.storage.appendMessage(id, prompt, options)
      await new Promise((resolve) => setTimeout(resolve, 20))
      steps.push('durable')
      return result
    }
    const sessions = new SessionManager({ storage: sdk.storage, savePrompt })
    const { id } = await sessions.startSession(START)
    await sessions.streamMessage(id, 'prompt', scriptedLlm(['answer']), {
      onText: (text) => steps.push(text),
    })
    expect(steps).toEqual(['durable', 'answer'])
  })

  it('waits for no save: it is shown to its end while the portal hangs', async () => {
    const portal = await startPortal()
    const hanging: (() => void)[] = []
    let isHanging = false
    const choose = async (): Promise<Fault> => {
      if (isHanging) await new Promise<void>((resolve) => hanging.push(resolve))
      return { kind: 'none' }
    }
    const sdk = await startSdk(closeAfterTest(await startFaultProxy(portal.url, choose)).url)
    const clock = new FakeClock()
    const sessions = new SessionManager({ storage: sdk.storage, clock })
    const { id, conversationId } = await sessions.startSession(START)
    const shown: string[] = []
    const streamed = sessions.streamMessage(
      id,
      'prompt',
      async function* () {
        isHanging = true
        for (const word of WORDS) {
          yield word
          clock.advance(1000)
          await new Promise((resolve) => setImmediate(resolve))
        }
      },
      { onText: (text) => shown.push(text) },
    )
    await until(() => shown.length === WORDS.length && hanging.length > 0)
    isHanging = false
    for (const goOn of hanging) goOn()
    await streamed
    const conversation = await sdk.storage.loadConversation(conversationId)
    expect(conversation?.messages[1]?.content).toBe(WORDS.join(''))
  })

  it('of 4,000 tokens at 100 a second makes at most 12 commits with all its session, and few bytes', async () => {
    const { sdk, sessions, session, clock, messages } = await playScene()
    const tokens = Array.from({ length: 4000 }, (_, i) => `${prose(4, i)} `)
    await sessions.streamMessage(session.id, 'Tell me all', async function* () {
      for (const token of tokens) {
        yield token
        const { saves } = sdk.storage.getStats()
        if (clock.advance(10) > 0) await until(() => sdk.storage.getStats().saves > saves)
      }
    })
    await sessions.completeSession(session.id)
    const { version } = (await sdk.storage.loadConversation(session.conversationId)) ?? {}
    expect(version).toBeGreaterThanOrEqual(7)
    expect(version).toBeLessThanOrEqual(12)
    expect((await messages())[1]?.content).toBe(tokens.join(''))
    expect(sdk.storage.getStats().bytesUp).toBeLessThan(4 * tokens.join('').length)
  })

  it('comes to its end before its session is completed', async () => {
    const { sessions, session, messages } = await playScene()
    const llm = scriptedLlm(WORDS, 'end', () => new Promise((resolve) => setTimeout(resolve, 5)))
    const streamed = sessions.streamMessage(session.id, 'Tell me', llm)
    await until(() => llm.heard.length === 1)
    await sessions.completeSession(session.id)
    const [, answer] = await messages()
    expect([answer?.content, answer?.metadata?.status]).toEqual([WORDS.join(''), 'complete'])
    await streamed
  })

  it('is whole though its SDK was busy with hundreds of other conversations meanwhile', async () => {
    const { storage } = await createSdk({ store: new MemoryConversationStore(new MemoryBackend()) })
    const clock = new FakeClock()
    const sessions = new SessionManager({ storage, clock })
    const { id, conversationId } = await sessions.startSession(START)
    await sessions.streamMessage(id, 'Tell me', async function* () {
      yield 'first, '
      clock.advance(1000)
      await until(() => storage.getStats().saves === 4)
      for (let i = 0; i < 300; i += 1) await storage.appendMessage(`c${i}`, { role: 'user', content: 'x' })
      yield 'last'
    })
    const conversation = await storage.loadConversation(conversationId)
    expect(conversation?.messages[1]?.content).toBe('first, last')
  })

  it('keeps what was shown at its last throttled save, marked as streaming', async () => {
    const { sdk, sessions, session, clock, messages } = await playScene()
    const seen: unknown[] = []
    await sessions.streamMessage(session.id, 'Tell me', async function* () {
      for (const word of WORDS) {
        yield word
        const { saves } = sdk.storage.getStats()
        clock.advance(15_000)
        await until(() => sdk.storage.getStats().saves > saves)
        const [, answer] = await messages()
        seen.push([answer?.content, answer?.metadata?.status])
      }
    })
    const texts = WORDS.map((_, i) =>
      WORDS.slice(0, i + 1)
        .join('')
        .toWellFormed(),
    )
    expect(seen).toEqual(texts.map((text) => [text, 'streaming']))
    expect(await messages()).toHaveLength(2)
  })
})

it('Answers that are lost on the way to the client cost a session nothing', async () => {
  const portal = await startPortal()
  let requests = 0
  const choose = (): Fault => ({ kind: ++requests % 7 === 0 ? 'drop-answer' : 'none' })
  const sdk = await startSdk(closeAfterTest(await startFaultProxy(portal.url, choose)).url)
  const { id, conversationId } = await sdk.sessions.startSession(START)
  for (const prompt of ['first', 'second']) {
    await sdk.sessions.sendMessage(id, `before the ${prompt}`)
    await sdk.sessions.streamMessage(id, prompt, scriptedLlm(WORDS))
  }
  await sdk.sessions.completeSession(id)
  const stored = await sdk.storage.loadConversation(conversationId)
  expect(stored?.messages.map(({ content }) => content)).toEqual(
    ['first', 'second'].flatMap((prompt) => [`before the ${prompt}`, prompt, WORDS.join('')]),
  )
  expect(sdk.storage.getStats().retries).toBeGreaterThan(0)
})
