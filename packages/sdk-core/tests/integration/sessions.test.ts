import { describe, expect, it } from 'vitest'
import { createSdk } from '../../src/create-sdk'
import {
  ClosedError,
  type Sdk,
  SessionManager,
  type SessionStart,
  SessionStateError,
  StaleSessionError,
} from '../../src/index'
import { MemoryBackend, MemoryConversationStore } from '../../src/testing/index'
import { FakeClock } from '../support/fake-clock'
import { type Fault, type ProxiedRequest, startFaultProxy } from '../support/fault-proxy'
import { closeAfterTest, startPortal, startSdk, textsOf, user } from '../support/fixture'
import { scriptedLlm } from '../support/scripted-llm'
import { refusalOf, START } from '../support/session-scene'
import { startDevices } from '../support/session-storm'

async function startDevice(): Promise<Sdk> {
  return startSdk((await startPortal()).url)
}

describe('A session', () => {
  it('keeps what is sent, and is completed in the fields of its conversation', async () => {
    const [one, other] = await startDevices()
    const session = await one.sessions.startSession(START)
    expect(session).toMatchObject({ ...START, status: 'active' })
    await one.sessions.sendMessage(session.id, 'a question')
    await one.sessions.sendMessage(session.id, { role: 'assistant', content: 'an answer' })
    const completed = await one.sessions.completeSession(session.id)
    const stored = await other.storage.loadConversation(session.conversationId)
    expect(stored?.messages.map(({ role, content }) => [role, content])).toEqual([
      ['user', 'a question'],
      ['assistant', 'an answer'],
    ])
    const { id, conversationId: _, ...facts } = completed
    expect(stored?.metadata).toEqual({ [`session/${id}`]: facts })
    expect(facts.status).toBe('completed')
    expect(await other.sessions.getSession(id)).toEqual(completed)
  })

  it('that starts on a conversation, and is completed, leaves everything in it as it was', async () => {
    const [one, other] = await startDevices()
    const conversation = { id: 'one', title: 'old', metadata: { a: 1 }, messages: [user('old message')] }
    await other.saveConversation(conversation)
    const before = await other.storage.loadConversation('one')
    const session = await one.sessions.startSession({ ...START, conversationId: 'one' })
    await other.storage.updateConversation('one', { title: 'new', metadata: { b: 2 } })
    const completed = await one.sessions.completeSession(session.id)
    const { id, conversationId: _, ...facts } = completed
    const after = await other.storage.loadConversation('one')
    expect(after).toEqual({
      ...before,
      title: 'new',
      metadata: { a: 1, b: 2, [`session/${id}`]: facts },
      version: 4,
      updatedAt: after?.updatedAt,
    })
  })

  it('that is completed or ended waits for what is being saved', async () => {
    const sdk = await startDevice()
    for (const leave of ['completeSession', 'endSession'] as const) {
      const { id, conversationId } = await sdk.sessions.startSession(START)
      const texts = Array.from({ length: 20 }, (_, i) => `message ${i}`)
      const sent = texts.map((text) => sdk.sessions.sendMessage(id, text))
      await sdk.sessions[leave](id)
      expect(await textsOf(sdk, conversationId)).toEqual(texts)
      await Promise.all(sent)
    }
  })

  it('is found in the list, page by page, which needs no look at conversations', async () => {
    const [one, other] = await startDevices()
    const ids: string[] = []
    for (let i = 0; i < 7; i += 1) ids.push((await one.sessions.startSession(START)).id)
    await one.sessions.endSession(ids[2] ?? '')
    const { requests } = other.storage.getStats()
    const found: string[] = []
    for (let cursor: string | undefined; ; ) {
      const page = await other.sessions.listSessions({
        limit: 3,
        ...(cursor === undefined ? {} : { cursor }),
      })
      for (const { id, status } of page.items) found.push(`${id} ${status}`)
      cursor = page.cursor
      if (cursor === undefined) break
    }
    expect(found).toEqual(ids.map((id, i) => `${id} ${i === 2 ? 'ended' : 'active'}`).reverse())
    expect(other.storage.getStats().requests - requests).toBeLessThanOrEqual(10)
    expect((await other.storage.listConversations()).items).toHaveLength(7)
  })

  it('whose start is answered by nobody, though it landed, is started once', async () => {
    const portal = await startPortal()
    const lost = new Set<string>()
    const choose = ({ method, path }: ProxiedRequest): Fault => ({
      kind: path === '/s5/registry' && lost.delete(method) ? 'drop-answer' : 'none',
    })
    const sdk = await startSdk(closeAfterTest(await startFaultProxy(portal.url, choose)).url)
    await sdk.storage.appendMessage('one', user('old'))
    lost.add('POST').add('GET')
    const { id, epoch } = await sdk.sessions.startSession({ ...START, conversationId: 'one' })
    expect([...lost]).toEqual([])
    const stored = await sdk.storage.loadConversation('one')
    expect([stored?.version, stored?.metadata]).toMatchObject([2, { [`session/${id}`]: { epoch } }])
  })

  it('works on any store', async () => {
    const sdk = await createSdk({ store: new MemoryConversationStore(new MemoryBackend()) })
    const { id, conversationId } = await sdk.sessions.startSession(START)
    await sdk.sessions.streamMessage(id, 'question', scriptedLlm(['an ', 'answer']))
    await sdk.sessions.completeSession(id)
    expect(await textsOf(sdk, conversationId)).toEqual(['question', 'an answer'])
    await sdk.close()
  })
})

describe('A stale session', () => {
  it('is told what it lacks and what of its own is unsaved; plain appends go on', async () => {
    const [one, other] = await startDevices()
    const older = await one.sessions.startSession({ ...START, conversationId: 'one' })
    await one.sessions.sendMessage(older.id, 'by the older')
    await other.storage.appendMessage('one', user('by nobody’s session'))
    const later = await other.sessions.startSession({ ...START, conversationId: 'one' })
    await other.sessions.sendMessage(later.id, 'by the later')
    const llm = scriptedLlm(['never'])
    for (const call of [
      () => one.sessions.sendMessage(older.id, 'too late'),
      () => one.sessions.streamMessage(older.id, 'too late', llm),
    ]) {
      const error = await refusalOf(call())
      if (!(error instanceof StaleSessionError)) throw error
      expect(error).toMatchObject({ code: 'STALE_SESSION', epoch: older.epoch, currentEpoch: later.epoch })
      expect(error.missing).toMatchObject([{ content: 'by nobody’s session' }, { content: 'by the later' }])
      expect(error.unsaved).toEqual([user('too late')])
    }
    expect(llm.heard).toEqual([])
    expect(await refusalOf(one.sessions.completeSession(older.id))).toBeInstanceOf(StaleSessionError)
    await one.storage.appendMessage('one', user('a plain append'))
    await other.sessions.sendMessage(later.id, 'by the later again')
    expect(await textsOf(one, 'one')).toEqual([
      'by the older',
      'by nobody’s session',
      'by the later',
      'a plain append',
      'by the later again',
    ])
  })

  it('that streams stops, and is given back all that it had shown', async () => {
    const [one, other] = await startDevices()
    const clock = new FakeClock()
    const sessions = new SessionManager({ storage: one.storage, clock })
    const older = await sessions.startSession({ ...START, conversationId: 'one' })
    let words = 0
    const error = await refusalOf(
      sessions.streamMessage(older.id, 'question', async function* () {
        yield 'shown, '
        await other.sessions.startSession({ ...START, conversationId: 'one' })
        clock.advance(1000)
        for (; words < 100_000; words += 1) yield 'and '
      }),
    )
    if (!(error instanceof StaleSessionError)) throw error
    expect(words).toBeLessThan(100_000)
    const [unsaved] = error.unsaved as { content: string }[]
    expect(unsaved?.content.startsWith('shown, and and ')).toBe(true)
    expect(await textsOf(other, 'one')).toEqual(['question'])
    expect(clock.pending).toBe(0)
  })

  it('becomes the one that writes when it is resumed, whatever its clock says', async () => {
    const [one, other] = await startDevices()
    const late = new SessionManager({ storage: one.storage, clock: new FakeClock() })
    const older = await other.sessions.startSession({ ...START, conversationId: 'one' })
    const later = await late.startSession({ ...START, conversationId: 'one' })
    expect(later.epoch).toBe(older.epoch + 1)
    await refusalOf(other.sessions.sendMessage(older.id, 'too late'))
    await other.sessions.resumeSession(older.id)
    await other.sessions.sendMessage(older.id, 'resumed')
    expect(await refusalOf(late.sendMessage(later.id, 'too late'))).toBeInstanceOf(StaleSessionError)
    expect(await textsOf(one, 'one')).toEqual(['resumed'])
  })

  it('is never one of two that write: of many that begin at once the last alone goes on', async () => {
    const devices = await startDevices()
    const starts = Array.from({ length: 12 }, (_, i) => {
      const { sessions } = devices[i % 2] as Sdk
      return sessions.startSession({ ...START, conversationId: 'one' }).then(({ id }) => ({ sessions, id }))
    })
    const started = await Promise.all(starts)
    const sent = await Promise.allSettled(started.map(({ sessions, id }) => sessions.sendMessage(id, id)))
    expect(sent.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await textsOf(devices[0], 'one')).toHaveLength(1)
  })
})

describe('Calls out of order are refused, and say why:', () => {
  const forever = () => scriptedLlm(['word '], 'stall')

  it.each([
    ['completeSession', 'completed'],
    ['endSession', 'ended'],
  ] as const)('nothing follows %s', async (leave, state) => {
    const sdk = await startDevice()
    const { id } = await sdk.sessions.startSession(START)
    await sdk.sessions[leave](id)
    for (const call of [
      sdk.sessions.sendMessage(id, 'too late'),
      sdk.sessions.streamMessage(id, 'too late', forever()),
      sdk.sessions.completeSession(id),
      sdk.sessions.endSession(id),
    ]) {
      const error = await refusalOf(call)
      expect(error).toBeInstanceOf(SessionStateError)
      expect(error).toMatchObject({ code: 'SESSION_STATE', sessionId: id })
      expect(String(error)).toContain(`is ${state}`)
    }
    if (state === 'completed') {
      expect(String(await refusalOf(sdk.sessions.resumeSession(id)))).toContain('is completed')
    }
  })

  it('nothing begins while a session is being left', async () => {
    const sdk = await startDevice()
    const { id, conversationId } = await sdk.sessions.startSession(START)
    const sent = sdk.sessions.sendMessage(id, 'in time')
    const completed = sdk.sessions.completeSession(id)
    expect(String(await refusalOf(sdk.sessions.sendMessage(id, 'too late')))).toContain('being completed')
    expect(String(await refusalOf(sdk.sessions.endSession(id)))).toContain('being completed')
    await Promise.all([sent, completed])
    expect(await textsOf(sdk, conversationId)).toEqual(['in time'])
  })

  it('one session streams one answer at a time', async () => {
    const sdk = await startDevice()
    const { id, conversationId } = await sdk.sessions.startSession(START)
    const first = sdk.sessions.streamMessage(id, 'first', scriptedLlm(['answer']))
    expect(String(await refusalOf(sdk.sessions.streamMessage(id, 'second', forever())))).toContain('already')
    await first
    await sdk.sessions.streamMessage(id, 'second', scriptedLlm(['too']))
    expect(await textsOf(sdk, conversationId)).toEqual(['first', 'answer', 'second', 'too'])
  })

  it('a session is known, and open in this process', async () => {
    const [one, other] = await startDevices()
    expect(await one.sessions.getSession('nobody')).toBeUndefined()
    const unknown = [one.sessions.sendMessage('nobody', 'x'), one.sessions.resumeSession('nobody')]
    for (const call of unknown) expect(String(await refusalOf(call))).toContain('there is no such session')
    const { id } = await one.sessions.startSession(START)
    expect(String(await refusalOf(other.sessions.sendMessage(id, 'x')))).toContain('resume it first')
  })

  it('input that is wrong is INVALID_INPUT, and nothing is written', async () => {
    const sdk = await startDevice()
    const starts = [
      { model: 'm' },
      { ...START, model: '' },
      { ...START, provider: 1 },
      { ...START, more: 1 },
      null,
    ]
    for (const start of starts) {
      const error = await refusalOf(sdk.sessions.startSession(start as unknown as SessionStart))
      expect(error).toMatchObject({ code: 'INVALID_INPUT' })
    }
    const { id, conversationId } = await sdk.sessions.startSession(START)
    for (const call of [
      sdk.sessions.sendMessage(id, ''),
      sdk.sessions.sendMessage(id, { role: 'nobody', content: 'x' } as never),
      sdk.sessions.streamMessage(id, '', scriptedLlm(['x'])),
      sdk.sessions.streamMessage(id, 'x', scriptedLlm(['x']), { deadlineMs: 0 }),
      sdk.sessions.streamMessage(id, 'x', scriptedLlm(['x']), { later: true } as never),
      sdk.sessions.listSessions({ limit: 0 }),
      sdk.sessions.getSession(''),
    ]) {
      expect(await refusalOf(call)).toMatchObject({ code: 'INVALID_INPUT' })
    }
    expect(await textsOf(sdk, conversationId)).toEqual([])
  })

  it('nothing follows close', async () => {
    const sdk = await startDevice()
    const { id } = await sdk.sessions.startSession(START)
    await sdk.close()
    for (const call of [
      sdk.sessions.startSession(START),
      sdk.sessions.sendMessage(id, 'x'),
      sdk.sessions.resumeSession(id),
      sdk.sessions.listSessions(),
      sdk.sessions.getSession(id),
    ]) {
      expect(await refusalOf(call)).toBeInstanceOf(ClosedError)
    }
  })
})
