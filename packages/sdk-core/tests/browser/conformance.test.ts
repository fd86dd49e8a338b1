import { describe, expect, inject, it } from 'vitest'
import { createMessageId } from '../../src/conversation/message-id'
import { KeyRing } from '../../src/crypto/keys'
import { generateSeedPhrase } from '../../src/index'
import { silentLogger } from '../../src/observe/log'
import { createCounters } from '../../src/observe/stats'
import { connectS5 } from '../../src/storage/stores/s5-network'
import { readSeedPhrase } from '../../src/storage/stores/s5-seed-phrase'
import { S5Store } from '../../src/storage/stores/s5-store'
import { runConversationStoreSuite } from '../../src/testing/index'

const portal = inject('portalUrl')

runConversationStoreSuite(
  {
    name: 'The S5 store in a page',
    createBackend: async () => {
      const seedPhrase = generateSeedPhrase()
      const openWriter = async () =>
        new S5Store({
          network: await connectS5({ portals: [portal], seedPhrase }),
          keyRing: new KeyRing(readSeedPhrase(seedPhrase)),
          nameInstance: createMessageId,
          counters: createCounters(),
          log: silentLogger,
        })
      return { openWriter, close: async () => {} }
    },
  },
  { describe, it, expect },
)
