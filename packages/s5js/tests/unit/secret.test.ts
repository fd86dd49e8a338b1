import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { ClosedError, Secret } from '../../src/index'

test('a secret prints as redacted wherever it is printed', () => {
  const secret = new Secret(new Uint8Array([222, 173]))
  const prints = [
    String(secret),
    JSON.stringify({ secret }),
    inspect({ secret }),
    `${secret}`,
    inspect(secret, { showHidden: true }),
  ]
  for (const print of prints) {
    expect(print).toContain('<redacted>')
    expect(print).not.toMatch(/222|de/)
  }
})

test('a secret is a copy of its own, and is gone after it is wiped', () => {
  const given = new Uint8Array([1, 2, 3])
  const secret = new Secret(given)
  given.fill(9)
  const revealed = secret.reveal()
  expect(revealed).toEqual(new Uint8Array([1, 2, 3]))
  secret.wipe()
  expect(revealed).toEqual(new Uint8Array(3))
  expect(() => secret.reveal()).toThrow(ClosedError)
})
