import { describe, expect, it } from 'vitest'
import { openLocalFirst, openLocalOnly } from '../../src/local/open-local-first'
import { MemoryBackend, MemoryConversationStore, runConversationStoreSuite } from '../../src/testing/index'
import { createDevice, tabOptions } from '../support/local-tabs'

runConversationStoreSuite(
  {
    name: 'The store of one device, in several tabs',
    createBackend: async () => {
      const device = createDevice()
      return { openWriter: async () => openLocalOnly(tabOptions(device)), close: async () => {} }
    },
  },
  { describe, it, expect },
)

runConversationStoreSuite(
  {
    name: 'The store of one device before another store',
    createBackend: async () => {
      const [device, backend] = [createDevice(), new MemoryBackend()]
      return {
        openWriter: async () =>
          openLocalFirst(new MemoryConversationStore(backend), tabOptions(device)).store,
        close: async () => {},
      }
    },
  },
  { describe, it, expect },
)
