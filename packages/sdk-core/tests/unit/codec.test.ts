import * as dagCbor from '@ipld/dag-cbor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DagValue, decodeDagCbor, encodeDagCbor } from '../../src/conversation/codec'

const { value } = fc.letrec<{ value: DagValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.string({ unit: 'binary' }),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.uint8Array(),
    fc.array(tie('value')),
    fc.dictionary(fc.string(), tie('value'), { noNullPrototype: true }),
  ),
}))

/** What `decode` gives, or that it gives nothing. */
function outcomeOf(decode: (bytes: Uint8Array) => unknown, bytes: Uint8Array): unknown {
  try {
    return { decoded: decode(bytes) }
  } catch {
    return 'refused'
  }
}

describe('The codec of what is stored', () => {
  it('writes the bytes that the codec of IPLD writes, and reads what it reads', () => {
    fc.assert(
      fc.property(value, (each) => {
        const bytes = encodeDagCbor(each)
        expect(bytes).toEqual(new Uint8Array(dagCbor.encode(each)))
        expect(decodeDagCbor(bytes)).toEqual(dagCbor.decode(bytes))
      }),
      { numRuns: 300 },
    )
  })

  it('refuses what the codec of IPLD refuses', () => {
    const altered = fc
      .tuple(value, fc.nat(), fc.nat({ max: 255 }))
      .map(([each, at, byte]) =>
        encodeDagCbor(each).map((old, i, all) => (i === at % all.length ? byte : old)),
      )
    fc.assert(
      fc.property(fc.oneof(altered, fc.uint8Array({ maxLength: 12 })), (bytes) => {
        expect(outcomeOf(decodeDagCbor, bytes)).toEqual(outcomeOf(dagCbor.decode, bytes))
      }),
      { numRuns: 2_000 },
    )
    for (const each of [undefined, Number.NaN, Number.POSITIVE_INFINITY, { a: undefined }, [undefined]]) {
      expect(() => encodeDagCbor(each as DagValue)).toThrow(TypeError)
    }
  })

  it('refuses links: there are none', () => {
    const link = Uint8Array.of(0xd8, 0x2a, 0x58, 0x25, 0x00, 0x01, 0x71, 0x12, 0x20, ...new Uint8Array(32))
    expect(dagCbor.decode(link)).toBeDefined()
    expect(() => decodeDagCbor(link)).toThrow()
  })
})
