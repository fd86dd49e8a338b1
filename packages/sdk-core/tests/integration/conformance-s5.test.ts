import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPortal } from '@s5-conversations/s5-portal'
import { afterAll, describe, expect, it } from 'vitest'
import { createMessageId } from '../../src/conversation/message-id'
import { KeyRing } from '../../src/crypto/keys'
import { generateSeedPhrase } from '../../src/index'
import { silentLogger } from '../../src/observe/log'
import { createCounters } from '../../src/observe/stats'
import type { ConversationStore } from '../../src/storage/conversation-store'
import { connectS5, readSeedPhrase } from '../../src/storage/stores/s5-network'
import { S5Store } from '../../src/storage/stores/s5-store'
import { createRandom, flaky, runConversationStoreSuite } from '../../src/testing/index'
import { PortalProcess } from '../support/portal-process'

/** The store that `createSdk` makes, without the SDK. */
async function openS5Store(portal: string, seedPhrase: string): Promise<ConversationStore> {
  return new S5Store({
    network: await connectS5({ portal, seedPhrase }),
    keyRing: new KeyRing(readSeedPhrase(seedPhrase)),
    nameInstance: createMessageId,
    counters: createCounters(),
    log: silentLogger,
  })
}

const portal = createPortal({ port: 0 })
afterAll(async () => (await portal).close())

runConversationStoreSuite(
  {
    name: 'The S5 store',
    createBackend: async () => {
      const { url } = await portal
      const seedPhrase = generateSeedPhrase()
      return { openWriter: () => openS5Store(url, seedPhrase), close: async () => {} }
    },
  },
  { describe, it, expect },
)

runConversationStoreSuite(
  {
    name: 'The S5 store on a bad network',
    createBackend: async () => {
      const { url } = await portal
      const seedPhrase = generateSeedPhrase()
      const faults = { random: createRandom(1), dropBefore: 0.1, dropAfter: 0.1 }
      return {
        openWriter: async () => flaky(await openS5Store(url, seedPhrase), faults),
        close: async () => {},
      }
    },
  },
  { describe, it, expect },
)

const dataDir = mkdtemp(join(tmpdir(), 's5-conformance-'))
const started = dataDir.then(async (dir) => {
  const process = new PortalProcess(dir)
  await process.start()
  return process
})
afterAll(async () => {
  await (await started).close()
  await rm(await dataDir, { recursive: true, force: true })
})

runConversationStoreSuite(
  {
    name: 'The S5 store on a portal that is killed',
    createBackend: async () => {
      const process = await started
      const seedPhrase = generateSeedPhrase()
      return {
        openWriter: () => openS5Store(process.url, seedPhrase),
        crash: async () => {
          await process.kill()
          await process.start()
        },
        close: async () => {},
      }
    },
  },
  { describe, it, expect },
)
