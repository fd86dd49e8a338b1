import { blake3 } from '@noble/hashes/blake3.js'
import { randomBytes } from '../crypto/random'
import { Secret } from '../crypto/secret'
import { InvalidInputError, InvalidSeedPhraseError } from '../errors/caller-errors'
import { WORD_LIST } from './wordlist'

const WORD_COUNT = 15
const DATA_WORD_COUNT = 13
const LAST_DATA_WORD = 13
const LAST_DATA_WORD_LIMIT = 256
const BITS_PER_WORD = 10
const LAST_WORD_BITS = 8
const ENTROPY_BYTES = 16
const PREFIX_LETTERS = 3

const indexByPrefix = new Map(WORD_LIST.map((word, index) => [word.slice(0, PREFIX_LETTERS), index]))

/** A new phrase of 15 words, 128 random bits. */
export function generateSeedPhrase(): string {
  return phraseFromRandom(randomBytes(DATA_WORD_COUNT * 2))
}

/** The phrase that S5 clients make of 26 random bytes: a big-endian pair for each of 13 words. */
export function phraseFromRandom(random: Uint8Array): string {
  const view = new DataView(random.buffer, random.byteOffset, random.byteLength)
  const indexes = Array.from(
    { length: DATA_WORD_COUNT },
    (_, word) => view.getUint16(word * 2) % wordLimit(word),
  )
  return entropyToSeedPhrase(packWords(indexes))
}

/**
 * The phrase of 16 bytes of entropy: 12 words of 10 bits, one of 8, two of checksum.
 * @throws InvalidInputError for another length
 */
export function entropyToSeedPhrase(entropy: Uint8Array): string {
  if (entropy.length !== ENTROPY_BYTES)
    throw new InvalidInputError('The entropy of a seed phrase has 16 bytes')
  const indexes = [...unpackWords(entropy), ...checksumWords(entropy)]
  return indexes.map((index) => WORD_LIST[index]).join(' ')
}

/**
 * The 16 bytes behind a phrase. Case, spacing and letters after the third of a word do not matter.
 * @throws InvalidSeedPhraseError
 */
export function seedPhraseToEntropy(phrase: string): Secret {
  const indexes = parseWords(phrase)
  const entropy = packWords(indexes.slice(0, DATA_WORD_COUNT))
  const isChecked = checksumWords(entropy).every((word, index) => word === indexes[DATA_WORD_COUNT + index])
  if (!isChecked) {
    throw new InvalidSeedPhraseError(
      'checksum',
      'The seed phrase has a wrong or swapped word: its checksum differs',
    )
  }
  const secret = new Secret(entropy)
  entropy.fill(0)
  return secret
}

/** Returns if the phrase is right. @throws InvalidSeedPhraseError */
export function validateSeedPhrase(phrase: string): void {
  seedPhraseToEntropy(phrase).wipe()
}

function parseWords(phrase: string): number[] {
  const words = phrase.trim().toLowerCase().split(/\s+/)
  if (words.length !== WORD_COUNT) {
    throw new InvalidSeedPhraseError('word-count', `A seed phrase has ${WORD_COUNT} words`)
  }
  return words.map((word, index) => parseWord(word, index + 1))
}

function parseWord(word: string, position: number): number {
  const index = indexByPrefix.get(word.slice(0, PREFIX_LETTERS))
  if (index === undefined) {
    throw new InvalidSeedPhraseError(
      'unknown-word',
      `Word ${position} of the seed phrase is not in the list`,
      position,
    )
  }
  if (position === LAST_DATA_WORD && index >= LAST_DATA_WORD_LIMIT) {
    throw new InvalidSeedPhraseError(
      'word-range',
      `Word ${position} of the seed phrase cannot stand there`,
      position,
    )
  }
  return index
}

function wordLimit(word: number): number {
  return word === DATA_WORD_COUNT - 1 ? LAST_DATA_WORD_LIMIT : WORD_LIST.length
}

function bitsOf(word: number): number {
  return word === DATA_WORD_COUNT - 1 ? LAST_WORD_BITS : BITS_PER_WORD
}

function packWords(indexes: readonly number[]): Uint8Array {
  const bits = indexes.map((index, word) => index.toString(2).padStart(bitsOf(word), '0')).join('')
  return Uint8Array.from({ length: ENTROPY_BYTES }, (_, byte) =>
    Number.parseInt(bits.slice(byte * 8, byte * 8 + 8), 2),
  )
}

function unpackWords(entropy: Uint8Array): number[] {
  const bits = toBits(entropy)
  return Array.from({ length: DATA_WORD_COUNT }, (_, word) => {
    const start = word * BITS_PER_WORD
    return Number.parseInt(bits.slice(start, start + bitsOf(word)), 2)
  })
}

function checksumWords(entropy: Uint8Array): number[] {
  const bits = toBits(blake3(entropy).subarray(0, 3))
  return [bits.slice(0, BITS_PER_WORD), bits.slice(BITS_PER_WORD, 2 * BITS_PER_WORD)].map((word) =>
    Number.parseInt(word, 2),
  )
}

function toBits(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('')
}
