import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { GenerationFailedError, InvalidInputError, type Message, type Sdk } from '../../src/index'
import { prose } from '../support/prose'
import { OUTAGE, scriptedLlm } from '../support/scripted-llm'
import { playScene, refusalOf, START, until, WORDS } from '../support/session-scene'

describe('An answer that does not come to its end', () => {
  const positions = WORDS.map((_, i) => i).concat(WORDS.length)
  const texts = (messages: Message[]) => messages.map(({ content, metadata }) => [content, metadata?.status])
  const expected = (position: number, status: string) => {
    const shown = WORDS.slice(0, position).join('').toWellFormed()
    return [['Tell me', undefined], ...(shown === '' ? [] : [[shown, status]])]
  }

  it('because its source throws, is kept and marked as failed, at every position', async () => {
    const { sessions, session, messages, clock } = await playScene()
    const kept: unknown[] = []
    for (const position of positions) {
      const llm = scriptedLlm(WORDS.slice(0, position), 'throw')
      const error = await refusalOf(sessions.streamMessage(session.id, 'Tell me', llm))
      expect(error).toBeInstanceOf(GenerationFailedError)
      expect(error).toMatchObject({ code: 'GENERATION_FAILED', retryable: true, cause: OUTAGE })
      kept.push(...expected(position, 'failed'))
    }
    expect(texts(await messages())).toEqual(kept)
    expect(clock.pending).toBe(0)
  })

  it('because its caller aborts while its source stalls, is kept and marked as aborted, at every position', async () => {
    const { sessions, session, messages, clock } = await playScene()
    const kept: unknown[] = []
    for (const position of positions) {
      const controller = new AbortController()
      const reason = new Error('enough')
      const llm = scriptedLlm(WORDS.slice(0, position), 'stall')
      const shown: string[] = []
      const streamed = sessions.streamMessage(session.id, 'Tell me', llm, {
        signal: controller.signal,
        onText: (text) => shown.push(text),
      })
      await until(() => llm.heard.length === 1 && shown.length === position)
      controller.abort(reason)
      expect(await refusalOf(streamed)).toBe(reason)
      expect(llm.heard[0]?.signal.aborted).toBe(true)
      expect(getEventListeners(controller.signal, 'abort')).toEqual([])
      kept.push(...expected(position, 'aborted'))
    }
    expect(texts(await messages())).toEqual(kept)
    expect(clock.pending).toBe(0)
  })

  it('because its time is over, is kept and marked as failed, at every position', async () => {
    const { sessions, session, messages, clock } = await playScene()
    const kept: unknown[] = []
    for (const position of positions) {
      const llm = scriptedLlm(WORDS.slice(0, position), 'stall')
      const shown: string[] = []
      const streamed = sessions.streamMessage(session.id, 'Tell me', llm, {
        deadlineMs: 500,
        onText: (text) => shown.push(text),
      })
      await until(() => llm.heard.length === 1 && shown.length === position)
      clock.advance(500)
      expect(await refusalOf(streamed)).toBeInstanceOf(GenerationFailedError)
      kept.push(...expected(position, 'failed'))
    }
    expect(texts(await messages())).toEqual(kept)
    expect(clock.pending).toBe(0)
  })

  it('because its session is ended, is kept and marked as aborted, at every position', async () => {
    const { sessions, session, messages, clock } = await playScene()
    const kept: unknown[] = []
    for (const position of positions) {
      const llm = scriptedLlm(WORDS.slice(0, position), 'stall')
      const shown: string[] = []
      const streamed = refusalOf(
        sessions.streamMessage(session.id, 'Tell me', llm, { onText: (text) => shown.push(text) }),
      )
      await until(() => llm.heard.length === 1 && shown.length === position)
      await sessions.endSession(session.id)
      kept.push(...expected(position, 'aborted'))
      expect(texts(await messages())).toEqual(kept)
      expect(await streamed).toMatchObject({ code: 'SESSION_STATE' })
      await sessions.resumeSession(session.id)
    }
    expect(clock.pending).toBe(0)
  })

  it.each([
    ['the SDK is closed', (sdk: Sdk) => sdk.close()],
    ['somebody signs out', (sdk: Sdk) => sdk.auth.signOut()],
  ])('because %s, is kept, and nothing is left behind', async (_, end) => {
    const { sdk, other } = await playScene()
    const { id, conversationId } = await sdk.sessions.startSession(START)
    const controller = new AbortController()
    const llm = scriptedLlm(WORDS, 'stall')
    const shown: string[] = []
    const streamed = refusalOf(
      sdk.sessions.streamMessage(id, 'Tell me', llm, {
        signal: controller.signal,
        onText: (text) => shown.push(text),
      }),
    )
    await until(() => shown.length === WORDS.length)
    await end(sdk)
    expect(await streamed).toMatchObject({ code: 'SESSION_STATE' })
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    const [, answer] = (await other.storage.loadConversation(conversationId))?.messages ?? []
    expect([answer?.content, answer?.metadata?.status]).toEqual([WORDS.join(''), 'aborted'])
  })

  it('because its conversation is deleted, stops, and raises nothing', async () => {
    const { sessions, session, other, clock } = await playScene()
    const { conversationId } = session
    const streamed = sessions.streamMessage(session.id, 'Tell me', async function* () {
      yield 'half '
      await other.storage.loadConversation(conversationId)
      await other.storage.deleteConversation(conversationId)
      clock.advance(1000)
      for (;;) yield ''
    })
    expect(await refusalOf(streamed)).toMatchObject({ code: 'CONVERSATION_DELETED' })
    expect(await other.storage.loadConversation(conversationId)).toBeUndefined()
    expect(await refusalOf(sessions.resumeSession(session.id))).toMatchObject({
      code: 'CONVERSATION_DELETED',
    })
    expect(clock.pending).toBe(0)
  })

  it('is gone on with elsewhere: by resuming the session on another device', async () => {
    const { sessions, session, other, messages } = await playScene()
    const controller = new AbortController()
    const streamed = sessions.streamMessage(session.id, 'first', scriptedLlm(['half '], 'stall'), {
      signal: controller.signal,
      onText: () => controller.abort(),
    })
    await refusalOf(streamed)
    const resumed = await other.sessions.resumeSession(session.id)
    expect(texts(resumed.messages)).toEqual([
      ['first', undefined],
      ['half ', 'aborted'],
    ])
    await other.sessions.streamMessage(session.id, 'go on', scriptedLlm(['and the rest']))
    expect(texts(await messages())).toEqual([
      ['first', undefined],
      ['half ', 'aborted'],
      ['go on', undefined],
      ['and the rest', 'complete'],
    ])
  })
})

describe('A source that is wrong is GENERATION_FAILED', () => {
  it.each([
    [
      'gives something other than text',
      () =>
        (async function* () {
          yield 'a'
          yield 1 as never
        })(),
      'number',
    ],
    ['gives nothing that can be iterated', () => 7 as never, 'threw'],
    [
      'throws at once',
      () => {
        throw new Error('no key')
      },
      'threw',
    ],
    [
      'is rejected',
      async () => {
        throw new Error('no key')
      },
      'threw',
    ],
    [
      'ends without text',
      () =>
        (async function* () {
          yield ''
        })(),
      'no text',
    ],
    [
      'gives more than a message holds',
      () =>
        (async function* () {
          for (;;) yield prose(50_000, 1)
        })(),
      'longer',
    ],
  ] as const)('where it %s', async (_, generate, said) => {
    const { sessions, session, messages, clock } = await playScene()
    const error = await refusalOf(sessions.streamMessage(session.id, 'prompt', generate))
    expect(error).toBeInstanceOf(GenerationFailedError)
    expect(String(error)).toContain(said)
    const [prompt, partial] = await messages()
    expect(prompt?.content).toBe('prompt')
    if (partial !== undefined) expect(partial.metadata?.status).toBe('failed')
    expect(clock.pending).toBe(0)
  })

  it('where it never ends and never waits: an abort still gets through', async () => {
    const { sdk } = await playScene()
    const { id } = await sdk.sessions.startSession(START)
    const endless = async function* () {
      for (;;) yield ''
    }
    const deadline = sdk.sessions.streamMessage(id, 'prompt', endless, { deadlineMs: 100 })
    expect(await refusalOf(deadline)).toBeInstanceOf(GenerationFailedError)
    const signal = AbortSignal.timeout(100)
    expect(await refusalOf(sdk.sessions.streamMessage(id, 'prompt', endless, { signal }))).toBe(signal.reason)
  })

  it('and a prompt that was not saved is not answered', async () => {
    const { sessions, session, messages } = await playScene()
    const llm = scriptedLlm(WORDS)
    expect(await refusalOf(sessions.streamMessage(session.id, '', llm))).toBeInstanceOf(InvalidInputError)
    const signal = AbortSignal.abort(new Error('never mind'))
    expect(await refusalOf(sessions.streamMessage(session.id, 'x', llm, { signal }))).toBe(signal.reason)
    expect([llm.heard, await messages()]).toEqual([[], []])
  })
})
