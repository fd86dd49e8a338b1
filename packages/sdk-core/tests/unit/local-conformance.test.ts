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
    name: 'The store of one device that sends what it commits',
    createBackend: async () => {
      const [device, backend] = [createDevice(), new MemoryBackend()]
      return {
        openWriter: async () => {
          const remote = new MemoryConversationStore(backend)
          const { store, outbox } = openLocalFirst(remote, tabOptions(device))
          // Times and places in the list are those of the device until a commit is sent, and move by a little then.
          const commit = store.commit.bind(store)
          store.commit = async (id, changes, signal) => {
            const outcomes = await commit(id, changes, signal)
            await outbox.flush()
            return outcomes
          }
          return store
        },
        close: async () => {},
      }
    },
  },
  { describe, it, expect },
)
