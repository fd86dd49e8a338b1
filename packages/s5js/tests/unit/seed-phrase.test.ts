import fc from 'fast-check'
import { expect, test } from 'vitest'
import { phraseFromRandom } from '../../src/identity/seed-phrase'
import {
  entropyToSeedPhrase,
  generateSeedPhrase,
  InvalidSeedPhraseError,
  seedPhraseToEntropy,
  validateSeedPhrase,
} from '../../src/index'
import { fromHex, toHex } from '../support/hex'
import vectors from '../vectors/identity.json'

const phrase = vectors.phrase.text
const words = phrase.split(' ')

function faultOf(text: string): InvalidSeedPhraseError {
  try {
    seedPhraseToEntropy(text)
  } catch (error) {
    if (error instanceof InvalidSeedPhraseError) return error
  }
  throw new Error('the phrase was taken')
}

test('26 random bytes give the phrase that upstream makes of them', () => {
  expect(phraseFromRandom(fromHex(vectors.randomHex.hex))).toBe(phrase)
})

test('a phrase and its 16 bytes of entropy give each other', () => {
  expect(toHex(seedPhraseToEntropy(phrase).reveal())).toBe(vectors.entropy.hex)
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (entropy) => {
      expect(seedPhraseToEntropy(entropyToSeedPhrase(entropy)).reveal()).toEqual(entropy)
    }),
  )
})

test('case, spacing and letters after the third do not matter', () => {
  const typed = `  ${words.map((word) => word.slice(0, 3).toUpperCase()).join(' \n ')} `
  expect(toHex(seedPhraseToEntropy(typed).reveal())).toBe(vectors.entropy.hex)
})

test('generated phrases are valid and differ', () => {
  const phrases = Array.from({ length: 50 }, generateSeedPhrase)
  phrases.forEach(validateSeedPhrase)
  expect(new Set(phrases).size).toBe(50)
})

test('F12: an unknown word is named by its position, counted from 1', () => {
  for (const position of [1, 7, 15]) {
    const fault = faultOf(words.with(position - 1, 'xyzzy').join(' '))
    expect(fault).toMatchObject({ code: 'INVALID_SEED_PHRASE', fault: 'unknown-word', position })
    expect(fault.message).toContain(`Word ${position} `)
  }
})

test('a wrong number of words, a wrong checksum and a thirteenth word that is too late in the list are told apart', () => {
  expect(faultOf(words.slice(1).join(' '))).toMatchObject({ fault: 'word-count', position: undefined })
  expect(faultOf('')).toMatchObject({ fault: 'word-count' })
  expect(faultOf(words.with(0, 'zone').join(' '))).toMatchObject({ fault: 'checksum', position: undefined })
  expect(faultOf(words.with(12, 'zone').join(' '))).toMatchObject({ fault: 'word-range', position: 13 })
})

test('no error holds a word of the phrase', () => {
  for (const typed of [
    words.with(3, 'xyzzy'),
    words.slice(1),
    words.with(0, 'zone'),
    words.with(12, 'zone'),
  ]) {
    const fault = faultOf(typed.join(' '))
    const shown = JSON.stringify({ ...fault, message: fault.message }).toLowerCase()
    for (const word of [...typed, 'xyzzy'].filter((word) => word.length > 4))
      expect(shown).not.toContain(word)
  }
})
