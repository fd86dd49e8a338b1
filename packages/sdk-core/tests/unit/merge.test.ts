import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ConversationChange } from '../../src/conversation/change'
import { applyChange } from '../../src/conversation/changes'
import { decodeHead, encodeHead } from '../../src/conversation/head'
import { type HashedState, mergeStates } from '../../src/conversation/merge'
import {
  advance,
  type ConversationState,
  emptyHead,
  fold,
  isAncestor,
  knownRecords,
} from '../../src/conversation/state'
import { allMessages, toConversation } from '../../src/conversation/view'

const ID = 'conversation'

interface Step {
  device: string
  message: string
  text: string
  title: string | undefined
  now: number
}

const step: fc.Arbitrary<Step> = fc.record({
  device: fc.constantFrom('a', 'b', 'c'),
  message: fc.constantFrom('m1', 'm2', 'm3', 'm4', 'm5', 'm6'),
  text: fc.string({ minLength: 1 }),
  title: fc.option(fc.string(), { nil: undefined }),
  now: fc.integer({ min: 0, max: 1000 }),
})
const history = fc.array(step, { minLength: 1, maxLength: 12 })

function changeOf({ message, text, title, now }: Step): ConversationChange {
  return {
    kind: 'save',
    ids: 'given',
    messages: [{ intent: 'edit', message: { id: message, role: 'user', content: text, createdAt: now } }],
    ...(title === undefined ? {} : { title: { value: title, blind: false } }),
    fields: { [message]: { value: text, blind: false } },
  }
}

let made = 0
function hashed(state: Omit<HashedState, 'hash'>): HashedState {
  made += 1
  return { ...state, hash: new Uint8Array(32).fill(made % 256) }
}

const view = (state: ConversationState) => toConversation(state, allMessages(state))

function play(
  steps: Step[],
  from: HashedState = hashed({ head: emptyHead(ID), sealed: new Map() }),
): HashedState {
  return steps.reduce((state, each) => {
    const context = { now: each.now, device: each.device }
    const { delta } = applyChange(state, changeOf(each), context)
    return hashed(advance(state.head, fold(state, delta), [state.hash], context, false))
  }, from)
}

/** Two histories that went apart after a common one; each side has devices of its own, as in a partition. */
function forked(common: Step[], left: Step[], right: Step[]): [HashedState, HashedState] {
  const base = play(common)
  const onSide = (side: string) => (each: Step) => ({ ...each, device: `${each.device}-${side}` })
  return [play(left.map(onSide('left')), base), play(right.map(onSide('right')), base)]
}

describe('Merging two histories of a conversation', () => {
  it('gives the same whichever side it starts from', () => {
    fc.assert(
      fc.property(history, history, history, (common, left, right) => {
        const [a, b] = forked(common, left, right)
        expect(view(mergeStates(a, b))).toEqual(view(mergeStates(b, a)))
        expect(mergeStates(a, b).head).toEqual(mergeStates(b, a).head)
      }),
    )
  })

  it('loses no record of either side', () => {
    fc.assert(
      fc.property(history, history, history, (common, left, right) => {
        const [a, b] = forked(common, left, right)
        const merged = mergeStates(a, b)
        expect([...knownRecords(merged).keys()].sort()).toEqual(
          [...new Set([...knownRecords(a).keys(), ...knownRecords(b).keys()])].sort(),
        )
        expect(merged.head.messageCount).toBe(knownRecords(merged).size)
      }),
    )
  })

  it('changes nothing when one side is merged again', () => {
    fc.assert(
      fc.property(history, history, history, (common, left, right) => {
        const [a, b] = forked(common, left, right)
        const once = hashed(mergeStates(a, b))
        expect(view(mergeStates(once, b))).toEqual(view(once))
        expect(view(mergeStates(once, once))).toEqual(view(once))
      }),
    )
  })

  it('does not depend on the order in which three sides meet', () => {
    fc.assert(
      fc.property(history, history, history, history, (common, left, right, third) => {
        const [a, b] = forked(common, left, right)
        const c = play(
          third.map((each) => ({ ...each, device: 'third' })),
          play(common),
        )
        const leftFirst = mergeStates(hashed(mergeStates(a, b)), c)
        const rightFirst = mergeStates(a, hashed(mergeStates(b, c)))
        expect(view(leftFirst)).toEqual(view(rightFirst))
      }),
    )
  })

  it('knows an ancestor from a side branch', () => {
    fc.assert(
      fc.property(history, history, history, (common, left, right) => {
        const [a, b] = forked(common, left, right)
        expect(isAncestor(play(common).head, a.head)).toBe(true)
        expect(isAncestor(a.head, b.head)).toBe(false)
        expect(isAncestor(b.head, a.head)).toBe(false)
      }),
    )
  })

  it('survives being written and read', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const { head } = play(steps)
        expect(decodeHead(encodeHead(head, new Uint8Array(16)), ID)).toEqual(head)
      }),
    )
  })
})

describe('A clock with more instances than a head remembers', () => {
  it('still never takes a side branch for an ancestor', () => {
    const steps = (side: string) =>
      Array.from(
        { length: 100 },
        (_, i): Step => ({ device: `${side}${i}`, message: 'm1', text: `${i}`, title: undefined, now: i }),
      )
    const base = play(steps('base'))
    const left = play(steps('left'), base)
    const right = play(steps('right'), base)
    expect(Object.keys(left.head.clock)).toHaveLength(64)
    expect(isAncestor(left.head, right.head)).toBe(false)
    expect(isAncestor(right.head, left.head)).toBe(false)
  })
})
