import { it } from 'vitest'
import { sendManyRows } from '../support/many-rows'

it('An outbox of ten thousand rows takes another at the cost of the first, and is read in pages', () =>
  sendManyRows(10_000))
