import fc from 'fast-check'
import vectors from '../vectors/peer-messages.json'
import { fromHex } from './hex'

const wires = Object.values(vectors)
  .flatMap((vector) => (typeof vector === 'string' ? [] : [vector.wire]))
  .map(fromHex)

type Mutation = { at: number; byte: number; kind: 'set' | 'cut' | 'insert' | 'repeat' }

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(300),
  byte: fc.oneof(fc.nat(255), fc.constantFrom(0, 0x7f, 0x80, 0xc4, 0xc5, 0xc6, 0xd9, 0xdd, 0xff)),
  kind: fc.constantFrom('set', 'set', 'set', 'cut', 'insert', 'repeat'),
})

function mutate(bytes: Uint8Array, { at, byte, kind }: Mutation): Uint8Array {
  const index = bytes.length === 0 ? 0 : at % bytes.length
  if (kind === 'cut') return bytes.slice(0, index)
  if (kind === 'insert') return Uint8Array.of(...bytes.subarray(0, index), byte, ...bytes.subarray(index))
  if (kind === 'repeat') return Uint8Array.of(...bytes, ...bytes.subarray(index))
  return bytes.length === 0 ? bytes : bytes.with(index, byte)
}

const mutatedMessage = fc
  .tuple(fc.constantFrom(...wires), fc.array(mutation, { minLength: 1, maxLength: 4 }))
  .map(([wire, mutations]) => mutations.reduce(mutate, wire))

const headedNoise = fc
  .tuple(fc.constantFrom(1, 2, 4, 5, 7, 8, 10, 13), fc.uint8Array({ maxLength: 300 }))
  .map(([type, rest]) => Uint8Array.of(type, ...rest))

/** What a peer might send that is out to break us: real messages with changes, and noise. */
export const hostileFrame: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 3, arbitrary: mutatedMessage },
  { weight: 1, arbitrary: headedNoise },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
)
