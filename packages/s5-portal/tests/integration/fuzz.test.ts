import { it } from 'vitest'
import { expectToWithstand } from '../support/fuzz'

it('ten thousand random and mutated frames and requests have no effect, on the portal and on others', async () => {
  await expectToWithstand(10_500, Math.floor(Math.random() * 2 ** 31))
})
