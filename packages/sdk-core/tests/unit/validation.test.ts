import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DagValue, decodeDagCbor, encodeDagCbor } from '../../src/conversation/codec'
import { parseConversation } from '../../src/conversation/conversation-input'
import { parseJsonValue } from '../../src/conversation/json-value'
import { parseMessage } from '../../src/conversation/message'
import { InvalidInputError } from '../../src/errors/input-errors'

const NOW = 1_700_000_000_000

function nested(levels: number): unknown {
  let value: unknown = 'core'
  for (let i = 0; i < levels; i += 1) value = { in: value }
  return value
}

function cyclic(): unknown {
  const value: Record<string, unknown> = {}
  value.self = value
  return value
}

describe('A JSON value at the door', () => {
  it('comes back exactly after DAG-CBOR', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const checked = parseJsonValue(value, 'value')
        expect(decodeDagCbor(encodeDagCbor(checked as DagValue))).toEqual(checked)
        expect(JSON.stringify(checked)).toBe(JSON.stringify(JSON.parse(JSON.stringify(value))))
      }),
    )
  })

  it.each([
    ['undefined', undefined],
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['a function', () => 1],
    ['a bigint', 1n],
    ['a Date', new Date()],
    ['a Map', new Map()],
    ['a cycle', cyclic()],
    ['20,000 levels', nested(20_000)],
    ['a hole', { list: [1, undefined] }],
  ])('is not %s', (_, value) => {
    expect(() => parseJsonValue(value, 'value')).toThrow(InvalidInputError)
  })

  it('has its lone surrogates repaired', () => {
    expect(parseJsonValue({ 'a\ud800': 'b\udc00' }, 'value')).toEqual({ 'a\ufffd': 'b\ufffd' })
  })

  it('keeps large, small and negative numbers, and a key named __proto__', () => {
    const value = JSON.parse(
      '{"__proto__": 1, "big": 1e300, "tiny": 5e-324, "huge": 9007199254740993, "n": -5}',
    )
    const stored = decodeDagCbor(encodeDagCbor(parseJsonValue(value, 'value') as DagValue))
    expect(JSON.stringify(stored)).toContain('"__proto__":1')
    expect(stored).toMatchObject({ big: 1e300, tiny: 5e-324, huge: 9007199254740992, n: -5 })
  })
})

describe('A message at the door', () => {
  it.each([
    ['neither content nor a tool part', { role: 'user', content: '' }, 'message.content'],
    ['no parts', { role: 'user', content: [] }, 'message.content'],
    ['an empty text part only', { role: 'user', content: [{ type: 'text', text: '' }] }, 'message.content'],
    ['an unknown role', { role: 'robot', content: 'x' }, 'message.role'],
    ['an unknown part', { role: 'user', content: [{ type: 'video' }] }, 'message.content[0].type'],
    ['cyclic metadata', { role: 'user', content: 'x', metadata: cyclic() }, 'message.metadata'],
    ['a field nobody knows', { role: 'user', content: 'x', toolCall: {} }, 'message.toolCall'],
    ['an empty id', { role: 'user', content: 'x', id: '' }, 'message.id'],
    ['a control character in its id', { role: 'user', content: 'x', id: 'a\u0000b' }, 'message.id'],
    ['an id of 10 kB', { role: 'user', content: 'x', id: 'x'.repeat(10_000) }, 'message.id'],
    ['a fractional time', { role: 'user', content: 'x', createdAt: 1.5 }, 'message.createdAt'],
    ['a negative time', { role: 'user', content: 'x', createdAt: -1 }, 'message.createdAt'],
    ['5 MB', { role: 'user', content: 'x'.repeat(5_000_000) }, 'message'],
    ['the type of a string', 'hello', 'message'],
    ['the type of nothing', null, 'message'],
  ])('is refused with %s, naming the place', (_, input, path) => {
    expect(() => parseMessage(input, 'message')).toThrow(InvalidInputError)
    expect(() => parseMessage(input, 'message')).toThrow(new RegExp(`^${path.replaceAll(/[[\].]/g, '\\$&')}`))
  })

  it('may be empty text beside a tool call', () => {
    const content = [
      { type: 'text', text: '' },
      { type: 'tool-call', toolName: 'search', input: '{"q": 1}' },
    ]
    expect(parseMessage({ role: 'assistant', content }, 'message').content).toEqual(content)
  })

  it('may have an id with slashes, spaces and letters of any script', () => {
    expect(parseMessage({ role: 'user', content: 'x', id: 'a/../é 会話' }, 'message').id).toBe('a/../é 会話')
  })
})

describe('A conversation at the door', () => {
  it('gets the same message ids each time it is saved', () => {
    const input = {
      id: 'c',
      messages: [
        { role: 'user', content: 'ok' },
        { role: 'user', content: 'ok' },
      ],
    }
    const ids = () => parseConversation(input, NOW).messages.map((message) => message.id)
    expect(ids()).toEqual(ids())
    expect(new Set(ids()).size).toBe(2)
    for (const id of ids())
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  it('is refused with two messages of one id', () => {
    const messages = [
      { id: 'm', role: 'user', content: 'a' },
      { id: 'm', role: 'user', content: 'b' },
    ]
    expect(() => parseConversation({ id: 'c', messages }, NOW)).toThrow('two messages have the id m')
  })
})
