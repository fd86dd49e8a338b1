import { randomBytes } from '../crypto/platform'
import { InvalidInputError } from '../errors/input-errors'
import { AuthStateError } from '../errors/wallet-errors'
import { generateSeedPhrase } from '../storage/stores/s5-seed-phrase'

const WORDS_TO_CONFIRM = 3

/** A fresh phrase on its way to the paper of its owner. */
export interface ProposedPhrase {
  /** The 15 words, once. @throws AuthStateError the second time */
  show(): string
  /** Which words are asked back: three places, counted from 1, ascending. */
  readonly positions: readonly number[]
  /**
   * The phrase, once its owner has typed the words at `positions`, in that order; case and spaces do not
   * matter. @throws InvalidInputError that says which word is wrong, and repeats none
   */
  confirm(words: readonly string[]): string
}

/**
 * A random identity for those without a wallet, or with one that cannot sign the same twice.
 * @example
 * const proposed = proposeRecoveryPhrase()
 * const shown = proposed.show().split(' ')
 * const seedPhrase = proposed.confirm(proposed.positions.map((position) => shown[position - 1] ?? ''))
 */
export function proposeRecoveryPhrase(): ProposedPhrase {
  const phrase = generateSeedPhrase()
  const words = phrase.split(' ')
  const positions = choosePositions(words.length)
  let isShown = false
  return {
    positions,
    show: () => {
      if (isShown) throw new AuthStateError('a recovery phrase is shown once')
      isShown = true
      return phrase
    },
    confirm: (typed) => {
      for (const [i, position] of positions.entries()) {
        if (typed[i]?.trim().toLowerCase() === words[position - 1]) continue
        throw new InvalidInputError(`words[${i}]`, `is not word ${position} of the phrase`)
      }
      return phrase
    },
  }
}

function choosePositions(count: number): number[] {
  const drawn = [...new Uint32Array(randomBytes(4 * count).buffer)].map((draw, i) => ({
    draw,
    position: i + 1,
  }))
  return drawn
    .sort((a, b) => a.draw - b.draw)
    .slice(0, WORDS_TO_CONFIRM)
    .map(({ position }) => position)
    .sort((a, b) => a - b)
}
