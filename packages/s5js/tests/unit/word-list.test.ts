import { expect, test } from 'vitest'
import { hashBlake3 } from '../../src/crypto/blake3'
import { WORD_LIST } from '../../src/identity/wordlist'
import { toHex } from '../support/hex'
import vectors from '../vectors/word-list.json'

test('the word list is the one that all S5 clients share', async () => {
  expect(WORD_LIST).toHaveLength(vectors.length)
  expect(vectors.samples.indexes.map((index) => WORD_LIST[index])).toEqual(vectors.samples.words)
  expect(toHex(await hashBlake3(new TextEncoder().encode(WORD_LIST.join('\n'))))).toBe(vectors.blake3.hex)
})

test('three letters tell any two words apart', () => {
  expect(new Set(WORD_LIST.map((word) => word.slice(0, 3))).size).toBe(WORD_LIST.length)
})
