import { it } from 'vitest'
import { expectToWithstand } from '../support/fuzz'

it('a hundred thousand random and mutated frames and requests have no effect', async () => {
  for (let part = 0; part < 10; part++) await expectToWithstand(10_500, Math.floor(Math.random() * 2 ** 31))
})
