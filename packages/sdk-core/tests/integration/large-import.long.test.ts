import { it } from 'vitest'
import { expectCheapImport } from '../support/large-import'

it.each([
  [100, 1000],
  [1, 100_000],
])('%i conversations of %i messages are imported in a heap of 160 MB', (conversations, messages) =>
  expectCheapImport({ conversations, messages, bytes: 500, heapMegabytes: 160 }),
)
