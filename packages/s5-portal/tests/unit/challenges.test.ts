import { describe, expect, it } from 'vitest'
import { Challenges } from '../../src/accounts/challenges'
import { createKey } from '../support/keys'

const { publicKey } = createKey()
const OWNER = { address: '192.0.2.1', max: 20_000 }
const FIVE_MINUTES = 5 * 60_000

describe('a challenge', () => {
  it('can be answered once', () => {
    const challenges = new Challenges(() => 0)
    const challenge = challenges.issue('login', publicKey, OWNER)
    expect(challenges.take('login', publicKey, challenge)).toBe(true)
    expect(challenges.take('login', publicKey, challenge)).toBe(false)
  })

  it('is good until its fifth minute ends, and not after', () => {
    let now = 0
    const challenges = new Challenges(() => now)
    const [first, second] = [
      challenges.issue('login', publicKey, OWNER),
      challenges.issue('login', publicKey, OWNER),
    ]
    now = FIVE_MINUTES
    expect(challenges.take('login', publicKey, first)).toBe(true)
    now += 1
    expect(challenges.take('login', publicKey, second)).toBe(false)
  })

  it('does not disturb another one of the same key', () => {
    const challenges = new Challenges(() => 0)
    const both = [challenges.issue('login', publicKey, OWNER), challenges.issue('login', publicKey, OWNER)]
    expect(both.map((challenge) => challenges.take('login', publicKey, challenge))).toEqual([true, true])
  })

  it('is of use to its own key and purpose only', () => {
    const challenges = new Challenges(() => 0)
    const challenge = challenges.issue('login', publicKey, OWNER)
    expect(challenges.take('register', publicKey, challenge)).toBe(false)
    expect(challenges.take('login', createKey().publicKey, challenge)).toBe(false)
    expect(challenges.take('login', publicKey, challenge)).toBe(true)
  })

  it('is dropped, oldest first, when ten thousand others wait', () => {
    const challenges = new Challenges(() => 0)
    const first = challenges.issue('login', publicKey, OWNER)
    const second = challenges.issue('login', publicKey, OWNER)
    for (let count = 0; count < 9_999; count++) challenges.issue('login', publicKey, OWNER)
    expect(challenges.take('login', publicKey, first)).toBe(false)
    expect(challenges.take('login', publicKey, second)).toBe(true)
  })

  it('is dropped when its owner asks for more than are allowed, and those of others stay', () => {
    const challenges = new Challenges(() => 0)
    const others = challenges.issue('login', publicKey, { address: '192.0.2.2', max: 3 })
    const greedy = { address: '192.0.2.1', max: 3 }
    const own = Array.from({ length: 4 }, () => challenges.issue('login', publicKey, greedy))
    const waits = (challenge: Uint8Array) => challenges.take('login', publicKey, challenge)
    expect(own.map(waits)).toEqual([false, true, true, true])
    expect(waits(others)).toBe(true)
  })
})
