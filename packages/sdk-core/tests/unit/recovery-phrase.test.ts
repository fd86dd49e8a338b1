import { describe, expect, it } from 'vitest'
import { generateSeedPhrase, PhraseVault, proposeRecoveryPhrase } from '../../src/index'
import { createDeviceStorage } from '../support/wallets'

const PASSPHRASE = 'a gravel road in March'
const KEY = 's5-conversations/recovery-phrase'

function startVault() {
  const storage = createDeviceStorage()
  return { storage, vault: new PhraseVault(storage, { scryptN: 2 ** 8 }) }
}

describe('A proposed recovery phrase', () => {
  it('is shown once, and given out when the words asked for are typed', () => {
    const proposed = proposeRecoveryPhrase()
    const phrase = proposed.show()
    const words = phrase.split(' ')
    expect(words).toHaveLength(15)
    expect(() => proposed.show()).toThrow(expect.objectContaining({ code: 'SESSION_STATE' }))
    expect(new Set(proposed.positions).size).toBe(3)
    const typed = proposed.positions.map((position) => ` ${words[position - 1]?.toUpperCase()} `)
    expect(proposed.confirm(typed)).toBe(phrase)
  })

  it('says which word was typed wrong, and repeats none', () => {
    const proposed = proposeRecoveryPhrase()
    const words = proposed.show().split(' ')
    const [first = 0, second = 0] = proposed.positions
    const wrongAnswers = [[], [words[first - 1] ?? '', 'xyzzy', 'xyzzy']]
    const positions = [first, second]
    for (const [i, wrong] of wrongAnswers.entries()) {
      const message = `words[${i}]: is not word ${positions[i]} of the phrase`
      expect(() => proposed.confirm(wrong)).toThrow(
        expect.objectContaining({ code: 'INVALID_INPUT', message }),
      )
    }
  })

  it('is asked back at places that nobody knows before', () => {
    const asked = Array.from({ length: 20 }, () => proposeRecoveryPhrase().positions.join())
    expect(new Set(asked).size).toBeGreaterThan(10)
    expect(asked.join().split(',').map(Number)).toSatisfy((all: number[]) =>
      all.every((p) => p > 0 && p < 16),
    )
  })
})

describe('A vault', () => {
  it('gives a phrase back for its passphrase, in any Unicode spelling of it', async () => {
    const { vault } = startVault()
    const phrase = generateSeedPhrase()
    expect(await vault.unlock(PASSPHRASE)).toBeUndefined()
    await vault.keep(phrase, 'Zürich, 8001')
    expect(await vault.unlock('Zürich, 8001'.normalize('NFD'))).toBe(phrase)
  })

  it('is DECRYPTION_FAILED for a wrong passphrase, which is not the same as damage', async () => {
    const { vault, storage } = startVault()
    await vault.keep(generateSeedPhrase(), PASSPHRASE)
    await expect(vault.unlock(`${PASSPHRASE}!`)).rejects.toMatchObject({ code: 'DECRYPTION_FAILED' })
    const kept = JSON.parse(storage.values.get(KEY) ?? '')
    const damaged = [
      'not JSON',
      'null',
      JSON.stringify({ ...kept, box: kept.box.slice(2) }),
      JSON.stringify({ ...kept, N: 2 ** 40 }),
      JSON.stringify({ ...kept, N: 1000 }),
      JSON.stringify({ ...kept, more: 1 }),
      `${JSON.stringify(kept)}${' '.repeat(2000)}`,
    ]
    for (const text of damaged) {
      storage.values.set(KEY, text)
      await expect(vault.unlock(PASSPHRASE)).rejects.toMatchObject({ code: 'CORRUPT_RECORD' })
      await expect(vault.restore(text)).rejects.toMatchObject({ code: 'CORRUPT_RECORD' })
    }
    const newer = JSON.stringify({ ...kept, format: 2 })
    await expect(vault.restore(newer)).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' })
  })

  it('says which word of a phrase has a typo, and keeps what it had', async () => {
    const { vault } = startVault()
    const phrase = generateSeedPhrase()
    await vault.keep(phrase, PASSPHRASE)
    const typo = phrase.split(' ').with(6, 'xyzzy').join(' ')
    await expect(vault.keep(typo, PASSPHRASE)).rejects.toThrow(/word 7/i)
    await expect(vault.keep(phrase, 'short')).rejects.toMatchObject({ path: 'passphrase' })
    expect(await vault.unlock(PASSPHRASE)).toBe(phrase)
  })

  it('is exported sealed, restored on another device, and forgotten', async () => {
    const { vault, storage } = startVault()
    const phrase = generateSeedPhrase()
    await vault.keep(phrase, PASSPHRASE)
    const exported = (await vault.export()) ?? ''
    for (const word of phrase.split(' ')) expect(exported).not.toContain(`${word} `)
    const other = startVault().vault
    await other.restore(exported)
    expect(await other.unlock(PASSPHRASE)).toBe(phrase)
    await vault.forget()
    expect([await vault.export(), storage.values.size]).toEqual([undefined, 0])
  })

  it('costs 2^17 rounds of scrypt unless told otherwise', async () => {
    const storage = createDeviceStorage()
    await new PhraseVault(storage).keep(generateSeedPhrase(), PASSPHRASE)
    expect(JSON.parse(storage.values.get(KEY) ?? '')).toMatchObject({ format: 1, N: 131_072 })
  })
})
