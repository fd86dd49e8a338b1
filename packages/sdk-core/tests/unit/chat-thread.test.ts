import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Message } from '../../src/conversation/types'
import { contextOf, threadOf } from '../../src/observers/chat-thread'

/** Messages `0`, `1`, …, each with a parent that may be any of them, itself, or unknown. */
const conversations = fc
  .array(fc.record({ isAnswer: fc.boolean(), parent: fc.option(fc.nat(12), { nil: undefined }) }), {
    maxLength: 10,
  })
  .map((drafts) =>
    drafts.map(
      ({ isAnswer, parent }, i): Message => ({
        id: String(i),
        role: isAnswer ? 'assistant' : 'user',
        content: `text ${i}`,
        createdAt: i,
        ...(parent === undefined ? {} : { parentId: String(parent) }),
      }),
    ),
  )

const message = (id: string, role: Message['role'], parentId?: string): Message => ({
  id,
  role,
  content: id,
  createdAt: 0,
  ...(parentId === undefined ? {} : { parentId }),
})
const idsOf = (messages: readonly Message[], chosen?: ReadonlyMap<string, string>) =>
  threadOf(messages, chosen).map((placed) => placed.message.id)

describe('The thread of a conversation', () => {
  it('shows each message at most once, and can show every one', () => {
    fc.assert(
      fc.property(conversations, (messages) => {
        const shown = threadOf(messages)
        const ids = shown.map((placed) => placed.message.id)
        expect(new Set(ids).size).toBe(ids.length)
        const reachable = new Set(ids)
        for (const { alternatives = [], message } of shown) {
          for (const id of alternatives) {
            for (const other of idsOf(messages, new Map([[String(message.parentId), id]])))
              reachable.add(other)
          }
        }
        const directly = messages.filter(({ role, parentId }) => role === 'user' && parentId === undefined)
        for (const { id } of directly) expect(reachable).toContain(id)
      }),
    )
  })

  it('never leaves out a message of a user that answers nobody', () => {
    fc.assert(
      fc.property(conversations, (messages) => {
        const prompts = messages.map((each) => ({ ...each, role: 'user' as const }))
        expect(idsOf(prompts).sort()).toEqual(prompts.map(({ id }) => id).sort())
      }),
    )
  })

  it('puts what has a parent after it', () => {
    fc.assert(
      fc.property(conversations, (messages) => {
        const ids = idsOf(messages)
        for (const { id, parentId } of messages) {
          const isBefore = parentId !== undefined && Number(parentId) < Number(id)
          if (isBefore && ids.includes(id)) expect(ids.indexOf(id)).toBeGreaterThan(ids.indexOf(parentId))
        }
      }),
    )
  })

  it('puts answers that came late behind their prompts', () => {
    const messages = [
      message('p1', 'user'),
      message('p2', 'user'),
      message('a1', 'assistant', 'p1'),
      message('a2', 'assistant', 'p2'),
    ]
    expect(idsOf(messages)).toEqual(['p1', 'a1', 'p2', 'a2'])
    expect(contextOf(messages, 'p2').map(({ id }) => id)).toEqual(['p1', 'a1', 'p2'])
  })

  it('shows the newest of several answers, or the one that is chosen', () => {
    const messages = [message('p', 'user'), message('a', 'assistant', 'p'), message('b', 'assistant', 'p')]
    expect(threadOf(messages)[1]).toMatchObject({ message: { id: 'b' }, alternatives: ['a', 'b'] })
    expect(idsOf(messages, new Map([['p', 'a']]))).toEqual(['p', 'a'])
  })

  it('follows a chain of ten thousand messages', () => {
    const chain = Array.from({ length: 10_000 }, (_, i) =>
      message(String(i), i % 2 === 0 ? 'user' : 'assistant', i === 0 ? undefined : String(i - 1)),
    )
    expect(idsOf(chain)).toHaveLength(10_000)
  })
})
