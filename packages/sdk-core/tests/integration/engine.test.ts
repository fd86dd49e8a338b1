import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { ConversationEngine, type GenerateStep, type StepPieces, type Tools } from '../../src/index'
import { echo, gate, STORES, say, stored } from '../support/engine-scene'

const OUTAGE = new Error('the model is overloaded')
const CALL = { toolName: 'weather', input: { city: 'Bern' } }
const TOOLS: Tools = { weather: { run: () => ({ degrees: 12 }) } }

async function* pieces(...all: (string | typeof CALL)[]): StepPieces {
  yield* all
}

/** Gives one step after another. */
function steps(...all: (() => StepPieces | Promise<StepPieces | string>)[]): GenerateStep {
  let step = 0
  return () => all[step++]?.() ?? pieces('done')
}

async function* failsHalfWay(): StepPieces {
  yield 'half an '
  throw OUTAGE
}

/** Ends only by its signal being ignored for ever. */
async function* endless(): StepPieces {
  for (;;) yield 'more '.repeat(1000)
}

const failures = (): Record<string, { generate: GenerateStep; tools?: Tools }> => ({
  'the LLM throws at once': {
    generate: () => {
      throw OUTAGE
    },
  },
  'the LLM rejects': { generate: async () => Promise.reject(OUTAGE) },
  'the LLM throws a string': { generate: () => Promise.reject('overloaded') },
  'the LLM throws half-way': { generate: () => failsHalfWay() },
  'the LLM says nothing': { generate: () => pieces() },
  'the LLM gives what is no text': { generate: () => pieces(42 as never) },
  'the LLM never ends': { generate: () => endless() },
  'the LLM throws after a tool has run': { generate: steps(() => pieces(CALL), failsHalfWay) },
  'a tool throws': {
    generate: steps(() => pieces(CALL)),
    tools: { weather: { run: () => Promise.reject(OUTAGE) } },
  },
  'a tool gives what cannot be stored': {
    generate: steps(() => pieces(CALL)),
    tools: { weather: { run: () => Number.NaN } },
  },
  'there is no such tool': { generate: steps(() => pieces({ ...CALL, toolName: 'toString' })) },
  'a tool is called again and again': { generate: () => pieces(CALL) },
})

describe.each(Object.entries(STORES))('On %s', (_, open) => {
  it('A turn that fails at any step leaves no trace, and the next one has the history it should have', async () => {
    const sdk = await open()
    const engine = new ConversationEngine({ storage: sdk.storage })
    await engine.processConversation({ userId: 'ada', text: 'first', generate: echo() })
    const before = await sdk.storage.loadConversation('user:ada')
    for (const [name, { generate, tools = TOOLS }] of Object.entries(failures())) {
      const failed = engine.processConversation({ userId: 'ada', text: 'lost', generate, tools })
      await expect(failed, name).rejects.toMatchObject({ code: 'GENERATION_FAILED' })
      expect(await sdk.storage.loadConversation('user:ada'), name).toEqual(before)
    }
    const llm = echo()
    await engine.processConversation({ userId: 'ada', text: 'second', generate: llm })
    expect(llm.heard).toEqual([['user: first', 'assistant: re user: first', 'user: second']])
  })

  it('The first turn of a conversation that fails does not create it', async () => {
    const sdk = await open()
    const engine = new ConversationEngine({ storage: sdk.storage })
    const failed = engine.processConversation({ userId: 'ada', text: 'lost', generate: () => failsHalfWay() })
    await expect(failed).rejects.toMatchObject({ cause: OUTAGE })
    expect(await sdk.storage.loadConversation('user:ada')).toBe(undefined)
    expect((await sdk.storage.listConversations()).items).toEqual([])
  })

  it('Three rapid messages are answered in order, each with the history before it, though the first fails', async () => {
    const sdk = await open()
    const engine = new ConversationEngine({ storage: sdk.storage })
    const llm = echo()
    const send = (text: string, generate: GenerateStep = llm) =>
      engine.processConversation({ userId: 'ada', text, generate })
    const rapid = await Promise.allSettled([
      send('zero', () => failsHalfWay()),
      send('one'),
      send('two'),
      send('three'),
    ])
    expect(rapid.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled'])
    const turns = ['one', 'two', 'three'].map((text) => [`user: ${text}`, `assistant: re user: ${text}`])
    expect(llm.heard).toEqual([
      ['user: one'],
      [...(turns[0] ?? []), 'user: two'],
      [...turns.slice(0, 2).flat(), 'user: three'],
    ])
    expect(await stored(sdk, 'user:ada')).toEqual(turns.flat())
  })

  it('A turn with tools is one version, and all of it is there', async () => {
    const sdk = await open()
    const engine = new ConversationEngine({ storage: sdk.storage })
    const generate = steps(
      () => pieces('Let me look. ', CALL),
      () => pieces('It is 12 ', 'degrees.'),
    )
    const shown: string[] = []
    const result = await engine.processConversation({
      userId: 'ada',
      groupChatId: 'family',
      text: 'How warm?',
      generate,
      tools: TOOLS,
      onText: (text) => shown.push(text),
    })
    expect(result).toMatchObject({
      conversationId: 'group:family',
      text: 'It is 12 degrees.',
      replayed: false,
    })
    expect(shown).toEqual(['Let me look. ', 'It is 12 ', 'degrees.'])
    const conversation = await sdk.storage.loadConversation('group:family')
    expect(conversation?.version).toBe(1)
    expect(conversation?.messages.map(({ id }) => id)).toEqual(result.messageIds)
    expect(conversation?.messages.map(say)).toEqual([
      'user: How warm?',
      'assistant: Let me look. , tool-call weather',
      'tool: tool-result weather',
      'assistant: It is 12 degrees.',
    ])
  })

  it('A delivery that comes again gives the first answer, also from another process, and nothing is generated', async () => {
    const sdk = await open()
    const turn = { userId: 'ada', text: 'once', messageId: 'delivery 1' }
    const engines = [1, 2].map(() => new ConversationEngine({ storage: sdk.storage }))
    const racing = engines.map((engine) => engine.processConversation({ ...turn, generate: echo() }))
    const results = await Promise.all(racing)
    const other = new ConversationEngine({ storage: sdk.storage, historyMessages: 1 })
    await other.processConversation({ userId: 'ada', text: 'later', generate: echo() })
    const never = () => Promise.reject(OUTAGE)
    results.push(await (engines[0]?.processConversation({ ...turn, generate: never }) ?? Promise.reject()))
    results.push(await other.processConversation({ ...turn, generate: echo() }))
    expect(results.map(({ text, replayed }) => [text, replayed]).sort()).toEqual([
      ['re user: once', false],
      ...Array.from({ length: 3 }, () => ['re user: once', true]),
    ])
    expect(new Set(results.map(({ messageIds }) => messageIds.join())).size).toBe(1)
    expect(await stored(sdk, 'user:ada')).toHaveLength(4)
    const reused = engines[0]?.processConversation({ ...turn, text: 'other', generate: echo() })
    await expect(reused).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
  })
})

const open = STORES['the memory store'] ?? (() => Promise.reject())

it('Different users overlap in time, members of a group do not', async () => {
  const engine = new ConversationEngine({ storage: (await open()).storage })
  const [all, running] = [gate(), new Set<string>()]
  const generate = (userId: string) => async () => {
    running.add(userId)
    if (running.size === 2) all.open()
    await all.opened
    return 'both were here'
  }
  const send = (userId: string) =>
    engine.processConversation({ userId, text: 'hi', generate: generate(userId) })
  await Promise.all([send('ada'), send('ben')])
  let inGroup = 0
  const alone = async () => {
    inGroup += 1
    await nextTurn()
    expect(inGroup).toBe(1)
    inGroup -= 1
    return 'alone'
  }
  const members = ['ada', 'ben', 'eve'].map((userId) => ({
    userId,
    groupChatId: 'g',
    text: 'hi',
    generate: alone,
  }))
  await Promise.all(members.map((turn) => engine.processConversation(turn)))
})

it('A call that needs a yes runs by the yes of who was asked, and is dropped by anything else', async () => {
  const sdk = await open()
  const engine = new ConversationEngine({ storage: sdk.storage })
  const ran: string[] = []
  const tools: Tools = {
    pay: {
      confirm: () => 'Really pay?',
      run: (_, { toolCallId, userId }) => {
        ran.push(`${toolCallId} by ${userId}`)
        return 'paid'
      },
    },
  }
  const asks = () => pieces('Fine. ', { toolName: 'pay', toolCallId: 'c1', input: null } as never)
  const send = (userId: string, text: string, generate: GenerateStep = echo()) =>
    engine.processConversation({ userId, groupChatId: 'g', text, generate, tools })

  expect(await send('ada', 'pay', asks)).toMatchObject({
    text: 'Fine. \nReally pay?',
    awaitsConfirmation: true,
  })
  await send('eve', 'yes')
  expect(ran).toEqual([])
  await send('ada', 'yes')
  expect(ran).toEqual([])

  await send('ada', 'pay', asks)
  await send('ada', 'no, yes is what I said before')
  await send('ada', 'yes')
  expect(ran).toEqual([])

  await send('ada', 'pay', asks)
  await expect(send('ada', 'Yes!', () => failsHalfWay())).rejects.toMatchObject({ code: 'GENERATION_FAILED' })
  const answered = await send('ada', 'Yes!')
  expect(ran).toEqual(['c1 by ada', 'c1 by ada'])
  expect(answered).toMatchObject({ text: 're tool: tool-result pay', awaitsConfirmation: false })
  expect((await stored(sdk, 'group:g')).slice(-4)).toEqual([
    'user: Yes!',
    'assistant: tool-call pay',
    'tool: tool-result pay',
    'assistant: re tool: tool-result pay',
  ])
})

it('An abort ends a turn that waits, and one that generates; nothing of either is written', async () => {
  const sdk = await open()
  const engine = new ConversationEngine({ storage: sdk.storage })
  const [started, controllers] = [gate(), [new AbortController(), new AbortController()]]
  const hangs = () => {
    started.open()
    return new Promise<string>(() => {})
  }
  const turns = controllers.map(({ signal }) =>
    engine.processConversation({ userId: 'ada', text: 'hi', generate: hangs, signal }),
  )
  const settled = Promise.allSettled(turns)
  await started.opened
  for (const [i, controller] of [...controllers.entries()].reverse()) {
    controller.abort(new Error(`enough ${i}`))
    await expect(turns[i]).rejects.toThrow(`enough ${i}`)
  }
  await settled
  expect(await sdk.storage.loadConversation('user:ada')).toBe(undefined)
})

it('A turn past its deadline loses the lock, and what it says later is not written', async () => {
  const sdk = await open()
  const engine = new ConversationEngine({ storage: sdk.storage, turnDeadlineMs: 50 })
  const late = gate()
  const slow = engine.processConversation({
    userId: 'ada',
    text: 'slow',
    generate: () => late.opened.then(() => 'late'),
  })
  await expect(slow).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' })
  late.open()
  await engine.processConversation({ userId: 'ada', text: 'next', generate: echo() })
  expect(await stored(sdk, 'user:ada')).toEqual(['user: next', 'assistant: re user: next'])
})

it('A queue that is full refuses more, and takes them again later; the lock is told of in the log', async () => {
  const lines: unknown[] = []
  const logger = { debug: (...line: unknown[]) => lines.push(line), warn: () => {} }
  const engine = new ConversationEngine({ storage: (await open()).storage, maxQueuedTurns: 2, logger })
  const send = () => engine.processConversation({ userId: 'ada', text: 'hi', generate: echo() })
  const outcomes = await Promise.allSettled([send(), send(), send()])
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
  expect(outcomes[2]).toMatchObject({ reason: { code: 'QUEUE_FULL', retryable: true } })
  await send()
  expect(lines.slice(0, 1)).toEqual([[{ lockKey: 'user:ada' }, 'Acquiring conversation lock']])
  expect(lines.at(-1)).toEqual([{ lockKey: 'user:ada' }, 'Released conversation lock'])
  expect(lines).toHaveLength(6)
})

it.each([
  [{ userId: '' }],
  [{ userId: 'a\u0000b' }],
  [{ userId: 'ada', groupChatId: '' }],
  [{ userId: 'ada', conversationId: 'x'.repeat(513) }],
  [{ userId: 'ada', text: '' }],
  [{ userId: 'ada', messageId: '' }],
])('A turn that is not valid is refused before anything is generated: %j', async (wrong) => {
  const engine = new ConversationEngine({ storage: (await open()).storage })
  const turn = engine.processConversation({ text: 'hi', generate: () => Promise.reject(OUTAGE), ...wrong })
  await expect(turn).rejects.toMatchObject({ code: 'INVALID_INPUT' })
})
