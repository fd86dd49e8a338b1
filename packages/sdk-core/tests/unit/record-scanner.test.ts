import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RecordScanner, type Scanned } from '../../src/transfer/record-scanner'

function scan(text: string | Uint8Array, pieceBytes = 7): Scanned[] {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  const scanner = new RecordScanner()
  const found: Scanned[] = []
  for (let i = 0; i < bytes.length; i += pieceBytes)
    found.push(...scanner.write(bytes.subarray(i, i + pieceBytes)))
  return [...found, ...scanner.end()]
}

/** What was found: values of records, and for broken ones index, line and reason. */
function summary(text: string | Uint8Array): unknown[] {
  return scan(text).flatMap(({ kind, text, place }): unknown[] => {
    if (kind === 'record') return [JSON.parse(text)]
    return kind === 'broken' ? [`${place.index}:${place.line} ${text}`] : []
  })
}

describe('The scanner of records', () => {
  it('finds the elements of any list, however it is laid out and cut into pieces', () => {
    const records = fc.array(fc.dictionary(fc.string(), fc.jsonValue()))
    const layout = fc.constantFrom(undefined, 0, 2, '\t')
    fc.assert(
      fc.property(records, layout, fc.integer({ min: 1, max: 50 }), (values, indent, pieceBytes) => {
        const found = scan(JSON.stringify(values, undefined, indent), pieceBytes)
        expect(found.map(({ kind }) => kind)).toEqual(values.map(() => 'record'))
        expect(found.map(({ text }) => JSON.parse(text))).toEqual(JSON.parse(JSON.stringify(values)))
      }),
    )
  })

  it('finds objects one after the other, in lines or laid out', () => {
    const values = [{ a: [1, { b: '}' }] }, { c: '"\\' }, { '\u2028': '\n' }]
    for (const indent of [undefined, 1]) {
      const text = values.map((value) => JSON.stringify(value, undefined, indent)).join('\n')
      expect(summary(text)).toEqual(values)
      expect(summary(`${text}\r\n\n`)).toEqual(values)
    }
  })

  it('takes the messages out of a record, and gives its head before them', () => {
    const record = { id: 'a', notes: ['messages'], messages: [{ x: '],[' }, [1], 2], late: { messages: [3] } }
    const expected = [
      ['head', { id: 'a', notes: ['messages'], messages: [] }],
      ['message', { x: '],[' }],
      ['message', [1]],
      ['message', 2],
      ['record', { ...record, messages: [] }],
    ]
    for (const text of [JSON.stringify([record]), JSON.stringify(record, undefined, 2)]) {
      expect(scan(text).map(({ kind, text }) => [kind, JSON.parse(text)])).toEqual(expected)
    }
  })

  it.each([
    [
      'a line that was cut off',
      '{"a":1}\n{"b":[1,\n{"c":3}\n',
      [{ a: 1 }, '1:2 the line ends within it', { c: 3 }],
    ],
    ['a text that was cut off', '{"a":"x\n{"b":2}', ['0:1 a line ends within a text', { b: 2 }]],
    [
      'a first line that was cut off',
      '{"a":1\n{"b":2}\n{"c":3}',
      ['0:1 the line ends within it', { b: 2 }, { c: 3 }],
    ],
    ['brackets that do not match', '{"a":[1}}\n{"b":2}', ['0:1 its brackets do not match', { b: 2 }]],
    ['a bracket too many', '{"a":1}}\n{"b":2}', [{ a: 1 }, '1:1 its brackets do not match', { b: 2 }]],
    [
      'an element of a laid-out list',
      '[\n{"a":"x},\n{"b":2}\n]',
      ['0:2 a line ends within a text', { b: 2 }],
    ],
    ['the end of a file', '{"a":1}\n{"b":', [{ a: 1 }, '1:2 the file ends within it']],
    ['the end of a list', '[{"a":1},{"b":2}', [{ a: 1 }, { b: 2 }, '2:1 the file ends before its list does']],
    ['an element at the end', '[{"a":1},{"b', [{ a: 1 }, '1:1 the file ends within it']],
  ])('goes on after %s', (_, text, expected) => {
    expect(summary(text)).toEqual(expected)
  })

  it('says that bytes are not UTF-8, and goes on', () => {
    const bytes = new TextEncoder().encode('[{"a":"?"},{"b":2}]').map((byte) => (byte === 0x3f ? 0xff : byte))
    expect(summary(bytes)).toEqual(['0:1 it is not valid UTF-8', { b: 2 }])
  })

  it('passes over what is too large or too deep, and goes on', () => {
    const message = `{"content":"${'x'.repeat(9 * 1024 * 1024)}"}`
    const deep = '['.repeat(600)
    const text = `{"id":"a","messages":[1,${message},2]}\n{"b":2}\n{"c":${deep}\n{"d":4}\n`
    expect(scan(text, 65_536).map(({ kind, text }) => [kind, text])).toEqual([
      ['head', '{"id":"a","messages":[]}'],
      ['message', '1'],
      ['broken', 'a message of it is too large'],
      ['record', '{"b":2}'],
      ['broken', 'it is nested deeper than 512 levels'],
      ['record', '{"d":4}'],
    ])
  })
})
