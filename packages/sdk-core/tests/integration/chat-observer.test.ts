import { describe, expect, it, vi } from 'vitest'
import { ClosedError, GenerationFailedError } from '../../src/index'
import { answering, parrot, shownIn, startChatScene } from '../support/chat-scene'
import { type Fault, startFaultProxy } from '../support/fault-proxy'
import { closeAfterTest, textsOf } from '../support/fixture'
import { OUTAGE, scriptedLlm } from '../support/scripted-llm'

const idle = { timeout: 15_000 }

describe('A chat', () => {
  it('saves ten messages that are sent at once, and answers each with what came before it', async () => {
    const { openDevice } = await startChatScene()
    const [a, b] = [await openDevice(), await openDevice()]
    const heard: string[][] = []
    const generate: typeof parrot = (input) => {
      heard.push(input.messages.map(({ content }) => String(content)))
      return parrot(input)
    }
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => a.chat.stream(`m${i}`, { generate })),
    )
    expect(answers.map(({ content }) => content)).toEqual(Array.from({ length: 10 }, (_, i) => `m${i} `))
    const thread = Array.from({ length: 10 }, (_, i) => [`m${i}`, `m${i} `]).flat()
    expect(heard).toEqual(heard.map((_, i) => thread.slice(0, 2 * i + 1)))
    expect(shownIn(a)).toEqual(thread)
    await vi.waitFor(() => expect(shownIn(b)).toEqual(thread), idle)
    await vi.waitFor(() =>
      expect(a.chat.getSnapshot().messages.every(({ status }) => status === 'saved')).toBe(true),
    )
  })

  it('shows a message before it is saved, and an answer while it comes', async () => {
    const { openDevice } = await startChatScene()
    const device = await openDevice()
    const streamed: unknown[] = []
    device.chat.subscribe(() => {
      const { messages } = device.chat.getSnapshot()
      streamed.push(messages.find(({ status }) => status === 'streaming')?.content)
    })
    const sent = device.chat.stream('one two', answering)
    expect(device.chat.getSnapshot().messages).toMatchObject([{ content: 'one two', status: 'saving' }])
    const answer = await sent
    expect(streamed).toContain('one ')
    expect(streamed).toContain('one two ')
    expect(answer).toMatchObject({ role: 'assistant', metadata: { status: 'complete' } })
    expect(shownIn(device)).toEqual(['one two', 'one two '])
  })

  it('keeps what was shown when it is stopped, and answers again when it is resumed', async () => {
    const { openDevice } = await startChatScene()
    const device = await openDevice()
    const { chat } = device
    const stalled = chat.stream('ask', { generate: scriptedLlm(['half '], 'stall') })
    const waiting = chat.stream('ask more', { generate: scriptedLlm(['never']) })
    await vi.waitFor(() => expect(shownIn(device)).toContain('half '), idle)
    chat.stop()
    expect(await stalled).toMatchObject({ content: 'half ', metadata: { status: 'aborted' } })
    expect(await waiting).toMatchObject({ content: 'ask more' })
    expect(await textsOf(device.sdk, 'one')).toEqual(['ask', 'ask more', 'half '])
    await chat.resume(answering)
    await vi.waitFor(() => expect(shownIn(device)).toEqual(['ask', 'ask ', 'ask more', 'ask more ']), idle)
    expect(chat.getSnapshot().messages[1]?.alternatives).toHaveLength(2)
  })

  it('gives another answer, and keeps the one before', async () => {
    const { openDevice } = await startChatScene()
    const device = await openDevice()
    const first = await device.chat.stream('say', { generate: scriptedLlm(['first']) })
    await device.chat.regenerate(first.id, { generate: scriptedLlm(['second']) })
    expect(shownIn(device)).toEqual(['say', 'second'])
    device.chat.choose(first.id)
    expect(shownIn(device)).toEqual(['say', 'first'])
  })

  it('tells why there is no answer, at its prompt, and goes on', async () => {
    const { openDevice } = await startChatScene()
    const { chat, ...rest } = await openDevice()
    await chat.stream('say', { generate: scriptedLlm([], 'throw') })
    const [prompt] = chat.getSnapshot().messages
    expect(prompt).toMatchObject({ status: 'saved', error: { code: 'GENERATION_FAILED', cause: OUTAGE } })
    expect(chat.getSnapshot().error).toBeInstanceOf(GenerationFailedError)
    await chat.resume(answering)
    await vi.waitFor(() => expect(shownIn({ chat, ...rest })).toEqual(['say', 'say ']), idle)
    expect(chat.getSnapshot().messages[0]).not.toHaveProperty('error')
  })

  it('edits in place, and takes away for good', async () => {
    const { openDevice } = await startChatScene()
    const [a, b] = [await openDevice(), await openDevice()]
    const message = await a.chat.send('one')
    await a.chat.edit(message.id, 'eins')
    const other = await a.chat.send('two')
    await a.chat.edit(message.id, 'uno')
    expect(shownIn(a)).toEqual(['uno', 'two'])
    await a.chat.remove(other.id)
    await vi.waitFor(() => expect(shownIn(a)).toEqual(['uno']), idle)
    await vi.waitFor(() => expect(shownIn(b)).toEqual(['uno']), idle)
    await a.chat.regenerate(message.id, answering)
    expect(shownIn(a)).toEqual(['uno', 'uno '])
  })

  it('keeps what cannot be saved, and saves and answers it when it is resumed', async () => {
    const { portal, openDevice } = await startChatScene()
    let isDown = false
    const down: Fault = { kind: 'answer', status: 503, body: 'down' }
    const proxy = closeAfterTest(await startFaultProxy(portal.url, () => (isDown ? down : { kind: 'none' })))
    const device = await openDevice(proxy.url)
    await device.chat.send('before')
    isDown = true
    expect(await device.chat.send('kept', answering)).toMatchObject({
      status: 'failed',
      error: { code: 'STORE_UNAVAILABLE' },
    })
    isDown = false
    await device.chat.resume(answering)
    expect(await textsOf(device.sdk, 'one')).toEqual(['before', 'kept', 'kept '])
    expect(device.chat.getSnapshot()).not.toHaveProperty('error')
  })

  it('whose SDK is closed says so, and stays what it was', async () => {
    const { openDevice } = await startChatScene()
    const device = await openDevice()
    await device.chat.send('kept')
    await device.sdk.close()
    const late = await device.chat.send('late')
    expect(late).toMatchObject({ status: 'failed', error: expect.any(ClosedError) })
    await device.chat.refresh()
    expect(device.chat.getSnapshot()).toMatchObject({ status: 'closed' })
    expect(shownIn(device)).toEqual(['kept', 'late'])
  })
})
