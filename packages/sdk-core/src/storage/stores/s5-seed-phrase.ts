import {
  entropyToSeedPhrase,
  generateSeedPhrase,
  InvalidSeedPhraseError,
  seedPhraseToEntropy,
} from '@s5-dev/s5js'
import { InvalidInputError } from '../../errors/input-errors'

export { entropyToSeedPhrase, generateSeedPhrase }

/**
 * The 16 bytes behind a seed phrase.
 * @throws InvalidInputError that says which word is wrong, without repeating any.
 */
export function readSeedPhrase(phrase: string): Uint8Array {
  try {
    return seedPhraseToEntropy(phrase).reveal()
  } catch (error) {
    if (error instanceof InvalidSeedPhraseError) throw new InvalidInputError('seedPhrase', error.message)
    throw error
  }
}
