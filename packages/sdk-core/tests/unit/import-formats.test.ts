import { describe, expect, it } from 'vitest'
import { readChatGptRecord } from '../../src/transfer/chatgpt'
import { readShareGptRecord } from '../../src/transfer/sharegpt'

const text = (role: string, content: string, time?: number) => ({
  author: { role },
  content: { content_type: 'text', parts: [content] },
  ...(time === undefined ? {} : { create_time: time }),
})
const node = (parent: string | null, message: unknown = null) => ({ parent, message, children: [] })
const read = (mapping: Record<string, unknown>) =>
  readChatGptRecord({ id: 'c', create_time: 1, mapping }).messages

describe('A conversation of ChatGPT', () => {
  it('keeps all branches, parents before children, times in ms', () => {
    const mapping = {
      late: node('question', text('assistant', 'second answer', 3.0006)),
      root: node(null),
      hidden: node('root', text('system', '')),
      question: node('hidden', text('user', 'question', 2)),
      answer: node('question', text('assistant', 'first answer', 2.5)),
      early: node('answer', text('user', 'a clock that went wrong', 1)),
    }
    expect(read(mapping)).toEqual([
      { id: 'question', role: 'user', content: 'question', createdAt: 2000 },
      { id: 'answer', role: 'assistant', content: 'first answer', createdAt: 2500, parentId: 'question' },
      { id: 'early', role: 'user', content: 'a clock that went wrong', createdAt: 2500, parentId: 'answer' },
      { id: 'late', role: 'assistant', content: 'second answer', createdAt: 3001, parentId: 'question' },
    ])
  })

  it('keeps what tools were asked and said, pointers to files, and texts of any kind', () => {
    const image = { content_type: 'image_asset_pointer', asset_pointer: 'file-service://file-1' }
    const mapping = {
      a: node(null, {
        author: { role: 'user' },
        content: { content_type: 'multimodal_text', parts: [image, 'this?'] },
      }),
      b: node('a', {
        author: { role: 'assistant' },
        recipient: 'python',
        content: { content_type: 'code', language: 'python', text: '1+1' },
      }),
      c: node('b', {
        author: { role: 'tool', name: 'python' },
        content: { content_type: 'execution_output', text: '2' },
      }),
      d: node('c', {
        author: { role: 'assistant' },
        recipient: 'all',
        content: { content_type: 'thoughts', thoughts: [{ summary: 'Adding', content: 'It is two' }] },
        metadata: { model_slug: 'o9', is_visually_hidden_from_conversation: true },
      }),
    }
    const file = { type: 'file', mediaType: 'image/*', name: 'file-service://file-1' }
    expect(read(mapping)).toMatchObject([
      { role: 'user', content: [file, { type: 'text', text: 'this?' }] },
      { role: 'assistant', content: [{ type: 'tool-call', toolName: 'python', input: '1+1' }] },
      { role: 'tool', content: [{ type: 'tool-result', toolName: 'python', output: '2' }] },
      {
        content: [
          { type: 'text', text: 'Adding' },
          { type: 'text', text: 'It is two' },
        ],
        metadata: { model: 'o9', hidden: true },
      },
    ])
  })

  it('is refused where its tree has a cycle, wherever that lies', () => {
    const mapping = { a: node(null, text('user', 'x')), b: node('c', text('user', 'y')), c: node('b') }
    expect(() => read(mapping)).toThrow(/cycle at node (b|c)/)
    expect(() => read({ a: node('a') })).toThrow('cycle at node a')
  })

  it('may be a chain of any length, and name parents that are missing', () => {
    const ids = Array.from({ length: 20_000 }, (_, i) => `n${i}`)
    const chain = ids.map((id, i) => [id, node(i === 0 ? 'missing' : `n${i - 1}`, text('user', id))])
    expect(read(Object.fromEntries(chain.reverse())).map((message) => Object(message).id)).toEqual(ids)
  })

  it('has the same id every time, even where the file gives none', () => {
    const record = { mapping: { a: node(null, text('user', 'x')) } }
    expect(readChatGptRecord(record).id).toBe(readChatGptRecord(structuredClone(record)).id)
    expect(readChatGptRecord({ ...record, conversation_id: 'given' }).id).toBe('given')
  })
})

describe('A conversation of ShareGPT', () => {
  it('has speakers for roles; empty messages are left out', () => {
    const turns = ['system', 'human', 'gpt', 'function_call', 'observation'].map((from) => ({
      from,
      value: from,
    }))
    const { id, messages } = readShareGptRecord({
      id: 7,
      conversations: [...turns, { from: 'gpt', value: '' }],
    })
    expect(id).toBe('7')
    expect(messages).toEqual([
      { role: 'system', content: 'system' },
      { role: 'user', content: 'human' },
      { role: 'assistant', content: 'gpt' },
      { role: 'assistant', content: [{ type: 'tool-call', toolName: 'tool', input: 'function_call' }] },
      { role: 'tool', content: [{ type: 'tool-result', toolName: 'tool', output: 'observation' }] },
    ])
  })

  it('is refused where a speaker is not known', () => {
    expect(() => readShareGptRecord({ conversations: [{ from: 'cat', value: 'meow' }] })).toThrow(
      'conversations[0].from',
    )
  })
})
