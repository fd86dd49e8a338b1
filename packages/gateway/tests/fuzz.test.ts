import { expect, it } from 'vitest'
import { fuzzGateway } from './support/fuzz'

it('Requests that are nearly right give no 5xx, and nothing of another account', async () => {
  const counts = await fuzzGateway(5_000, 1)
  expect(Object.keys(counts).length).toBeGreaterThan(8)
})
