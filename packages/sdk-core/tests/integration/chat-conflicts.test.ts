import { describe, expect, it, vi } from 'vitest'
import { StaleSessionError, VersionConflictError } from '../../src/index'
import { answering, type ChatDevice, shownIn, startChatScene } from '../support/chat-scene'
import { textsOf } from '../support/fixture'
import { scriptedLlm } from '../support/scripted-llm'

const idle = { timeout: 15_000 }

/** Two devices; the second one has taken the conversation over from the first, which knows it. */
async function startTakeOver() {
  const { openDevice } = await startChatScene()
  const [a, b] = [await openDevice(), await openDevice()]
  await a.chat.send('from a')
  await vi.waitFor(() => expect(shownIn(b)).toEqual(['from a']), idle)
  await b.chat.send('from b')
  await vi.waitFor(() => expect(conflictOf(a)?.missing).toMatchObject([{ content: 'from b' }]), idle)
  return { a, b }
}

function conflictOf({ chat }: ChatDevice) {
  return chat.getSnapshot().conflict
}

describe('A chat whose session is stale', () => {
  it('hears of it from what others write, and says what is new', async () => {
    const { a, b } = await startTakeOver()
    const { localVersion = 0, remoteVersion = 0 } = conflictOf(a) ?? {}
    expect(remoteVersion).toBeGreaterThan(localVersion)
    expect(a.observers.staleSessions.getSnapshot()).toMatchObject({ conversationId: 'one', localVersion })
    expect(conflictOf(b)).toBeNull()
    expect(b.observers.staleSessions.getSnapshot()).toBeNull()
  })

  it('saves nothing more, keeps what was written, and goes on after a refresh', async () => {
    const { a, b } = await startTakeOver()
    a.chat.setDraft('half a sentence')
    const refused = await a.chat.send('unsaved', answering)
    expect(refused).toMatchObject({ status: 'failed', error: expect.any(StaleSessionError) })
    expect(conflictOf(a)?.unsaved).toMatchObject([{ content: 'unsaved' }])
    expect(await textsOf(b.sdk, 'one')).toEqual(['from a', 'from b'])
    await a.chat.refresh()
    expect(conflictOf(a)).toBeNull()
    expect(shownIn(a)).toEqual(['from a', 'from b', 'unsaved'])
    expect(a.chat.getSnapshot()).toMatchObject({ draft: 'half a sentence' })
    expect(await a.chat.send('again')).toMatchObject({ status: 'saved' })
    expect(await textsOf(b.sdk, 'one')).toEqual(['from a', 'from b', 'again'])
  })

  it('adds what is unsaved after what is new', async () => {
    const { a, b } = await startTakeOver()
    await Promise.all([a.chat.send('mine 1'), a.chat.send('mine 2')])
    await a.chat.mergeMine()
    expect(await textsOf(b.sdk, 'one')).toEqual(['from a', 'from b', 'mine 1', 'mine 2'])
    expect(conflictOf(a)).toBeNull()
    expect(shownIn(a)).toEqual(['from a', 'from b', 'mine 1', 'mine 2'])
  })

  it('keeps what is unsaved as a branch, where it was written', async () => {
    const { a, b } = await startTakeOver()
    await a.chat.send('mine')
    await a.chat.keepAsBranch()
    const { messages } = b.chat.getSnapshot()
    await vi.waitFor(() => expect(shownIn(b)).toEqual(['from a', 'mine', 'from b']), idle)
    expect(b.chat.getSnapshot().messages[1]?.parentId).toBe(messages[0]?.id)
    expect(shownIn(a)).toEqual(['from a', 'mine', 'from b'])
  })

  it('ends an answer that is coming, and keeps what was shown of it as unsaved', async () => {
    const { openDevice } = await startChatScene()
    const [a, b] = [await openDevice(), await openDevice()]
    const streaming = a.chat.stream('ask', { generate: scriptedLlm(['shown '], 'stall') })
    await vi.waitFor(() => expect(shownIn(a)).toEqual(['ask', 'shown ']), idle)
    await vi.waitFor(() => expect(shownIn(b)).toContain('ask'), idle)
    await b.chat.send('from b')
    await streaming
    await vi.waitFor(() => expect(conflictOf(a)?.unsaved).toMatchObject([{ content: 'shown ' }]), idle)
    await a.chat.mergeMine()
    await vi.waitFor(() => expect(shownIn(b)).toEqual(['ask', 'shown ', 'from b']), idle)
  })

  it('is told once, until it is refused again', async () => {
    const { a, b } = await startTakeOver()
    a.observers.staleSessions.clear()
    await b.chat.send('more of b')
    await vi.waitFor(() => expect(shownIn(a)).toContain('more of b'), idle)
    expect(conflictOf(a)).toBeNull()
    await a.chat.send('refused')
    expect(conflictOf(a)).not.toBeNull()
    await a.observers.staleSessions.refresh()
    expect(conflictOf(a)).toBeNull()
  })
})

describe('An edit', () => {
  it('of a message that somebody else edits at once is a conflict, and is saved over it when that is decided', async () => {
    const { openDevice } = await startChatScene()
    const [a, b] = [await openDevice(), await openDevice()]
    const { id } = await a.chat.send('first')
    await vi.waitFor(() => expect(shownIn(b)).toEqual(['first']), idle)
    await Promise.all([a.chat.edit(id, 'of a'), b.chat.edit(id, 'of b')])
    const [late, early] = conflictOf(a) === null ? [b, a] : [a, b]
    const [mine, theirs] = late === a ? ['of a', 'of b'] : ['of b', 'of a']
    expect(conflictOf(early)).toBeNull()
    const [shown] = late.chat.getSnapshot().messages
    expect(shown).toMatchObject({ content: mine, status: 'failed', error: expect.any(VersionConflictError) })
    expect(await textsOf(early.sdk, 'one')).toEqual([theirs])
    await late.chat.mergeMine()
    expect(await textsOf(early.sdk, 'one')).toEqual([mine])
  })

  it('after an edit of one’s own that is still being saved is none', async () => {
    const { openDevice } = await startChatScene()
    const a = await openDevice()
    const { id } = await a.chat.send('first')
    await Promise.all([a.chat.edit(id, 'second'), a.chat.edit(id, 'third')])
    expect(conflictOf(a)).toBeNull()
    expect(await textsOf(a.sdk, 'one')).toEqual(['third'])
  })

  it('of another message than somebody else changes is none', async () => {
    const { openDevice } = await startChatScene()
    const [a, b] = [await openDevice(), await openDevice()]
    const { id } = await a.chat.send('first')
    await vi.waitFor(() => expect(shownIn(b)).toEqual(['first']), idle)
    await Promise.all([
      a.chat.edit(id, 'edited'),
      b.sdk.storage.appendMessage('one', { role: 'user', content: 'new' }),
    ])
    expect(conflictOf(a)).toBeNull()
    expect(await textsOf(b.sdk, 'one')).toEqual(['edited', 'new'])
  })
})
