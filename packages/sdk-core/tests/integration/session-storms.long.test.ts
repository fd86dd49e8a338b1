import { describe, it } from 'vitest'
import { playStorms } from '../support/session-storm'

const SEEDS = 500

describe('Five hundred sessions ended during streaming lose nothing', () => {
  it.each([
    ['alone', false],
    ['while a second device appends too', true],
  ])('%s', (_, isContended) => playStorms(SEEDS, isContended))
})
