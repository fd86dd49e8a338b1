import { concatBytes } from '../bytes/bytes'
import { Secret } from '../crypto/secret'
import { CorruptDataError } from '../errors/data-errors'

/** The seeds that this client uses, by their number in S5. */
export const SEED_NUMBER = { signing: 2, portalAccounts: 65, hiddenDb: 66, fileSystem: 67 } as const
/** All seeds of an identity, in the order in which they are packed. */
export const SEED_NUMBERS = [2, 3, 4, 5, 6, 65, 66, 67, 68, 69, 127] as const
export type SeedNumber = (typeof SEED_NUMBERS)[number]

const MAP_OF_ELEVEN = 0x8b
const UINT8 = 0xcc
const BIN8 = 0xc4
const SEED_BYTES = 32
const LAST_SHORT_NUMBER = 31

/** MessagePack map from seed number to 32 bytes. */
export function packSeeds(seed: (number: SeedNumber) => Uint8Array): Uint8Array {
  const entries = SEED_NUMBERS.flatMap((number) => [entryHead(number), seed(number)])
  return concatBytes(new Uint8Array([MAP_OF_ELEVEN]), ...entries)
}

/** @throws CorruptDataError unless it is exactly what `packSeeds` writes */
export function unpackSeeds(bytes: Uint8Array): Map<number, Secret> {
  const seeds = new Map<number, Secret>()
  let offset = 1
  for (const number of SEED_NUMBERS) {
    const head = entryHead(number)
    if (head.some((byte, index) => bytes[offset + index] !== byte)) throw notAnIdentity()
    offset += head.length + SEED_BYTES
    seeds.set(number, new Secret(bytes.subarray(offset - SEED_BYTES, offset)))
  }
  if (bytes[0] !== MAP_OF_ELEVEN || bytes.length !== offset) throw notAnIdentity()
  return seeds
}

// S5 clients write the higher numbers as a byte of their own, although MessagePack has a shorter form.
function entryHead(number: SeedNumber): Uint8Array {
  const key = number <= LAST_SHORT_NUMBER ? [number] : [UINT8, number]
  return new Uint8Array([...key, BIN8, SEED_BYTES])
}

function notAnIdentity(): CorruptDataError {
  return new CorruptDataError('Not a packed S5 identity')
}
