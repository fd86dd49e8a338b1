import { describe, expect, it } from 'vitest'
import { challengeOf, findWrongPart } from '../../src/accounts/challenge-answer'
import { fromHex, toHex } from '../support/bytes'
import vector from '../vectors/challenge-answer.json'

const known = {
  publicKey: Buffer.from(vector.publicKey, 'base64url'),
  response: fromHex(vector.response),
  signature: fromHex(vector.signature),
}

describe('an answer to a challenge', () => {
  it('made by the known account is right', async () => {
    expect(await findWrongPart('register', vector.host, known)).toBeUndefined()
  })

  it('contains the challenge', () => {
    expect(toHex(challengeOf(known) ?? new Uint8Array())).toBe('11'.repeat(32))
  })

  it('for registering does not log in', async () => {
    expect(await findWrongPart('login', vector.host, known)).toContain('login')
  })

  it.each(['127.0.0.1', '127.0.0.1:5523', 'localhost:5522'])('is wrong on %s', async (host) => {
    expect(await findWrongPart('register', host, known)).toContain('host')
  })

  it('with the signature of another message is wrong', async () => {
    const signature = known.signature.map((byte, index) => (index === 5 ? byte ^ 1 : byte))
    expect(await findWrongPart('register', vector.host, { ...known, signature })).toContain('signature')
  })

  it('of another length has no challenge', () => {
    expect(challengeOf({ ...known, response: known.response.subarray(1) })).toBeUndefined()
  })
})
