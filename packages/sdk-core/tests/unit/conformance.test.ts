import { describe, expect, it } from 'vitest'
import {
  createRandom,
  flaky,
  MemoryBackend,
  MemoryConversationStore,
  runConversationStoreSuite,
} from '../../src/testing/index'

runConversationStoreSuite(
  {
    name: 'The memory store',
    createBackend: async () => {
      const backend = new MemoryBackend()
      return { openWriter: async () => new MemoryConversationStore(backend), close: async () => {} }
    },
  },
  { describe, it, expect },
)

runConversationStoreSuite(
  {
    name: 'The memory store on a bad network',
    createBackend: async () => {
      const backend = new MemoryBackend()
      const faults = { random: createRandom(1), dropBefore: 0.15, dropAfter: 0.15 }
      return {
        openWriter: async () => flaky(new MemoryConversationStore(backend), faults),
        close: async () => {},
      }
    },
  },
  { describe, it, expect },
)
