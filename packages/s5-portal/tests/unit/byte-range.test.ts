import { describe, expect, it } from 'vitest'
import { parseByteRange } from '../../src/http/byte-range'

describe('a byte range of a body of ten bytes', () => {
  it.each([
    ['bytes=0-0', { start: 0, end: 1 }],
    ['bytes=2-5', { start: 2, end: 6 }],
    ['bytes=9-9', { start: 9, end: 10 }],
    ['bytes=4-', { start: 4, end: 10 }],
    ['bytes=4-99', { start: 4, end: 10 }],
    ['bytes=-3', { start: 7, end: 10 }],
    ['bytes=-99', { start: 0, end: 10 }],
  ])('%s is served', (header, range) => {
    expect(parseByteRange(header, 10)).toEqual(range)
  })

  it.each(['bytes=10-', 'bytes=10-12', 'bytes=-0', `bytes=${'9'.repeat(400)}-`])(
    '%s cannot be served',
    (header) => {
      expect(parseByteRange(header, 10)).toBe('unsatisfiable')
    },
  )

  it.each([undefined, '', 'bytes=', 'bytes=-', 'bytes=5-2', 'bytes=0-1,4-5', 'items=0-1', 'bytes=a-b'])(
    '%s is ignored',
    (header) => {
      expect(parseByteRange(header, 10)).toBeUndefined()
    },
  )

  it('cannot be served from an empty body', () => {
    expect(parseByteRange('bytes=0-', 0)).toBe('unsatisfiable')
    expect(parseByteRange('bytes=-1', 0)).toBe('unsatisfiable')
  })
})
