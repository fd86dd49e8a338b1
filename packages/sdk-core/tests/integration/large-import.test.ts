import { it } from 'vitest'
import { expectCheapImport } from '../support/large-import'

it('A file of 16 MB is imported in a heap of 80 MB, by one commit for 250 messages at most', () =>
  expectCheapImport({ conversations: 4, messages: 2000, bytes: 2000, heapMegabytes: 80 }))
