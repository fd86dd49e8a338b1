import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPortal, type Portal } from '@s5-conversations/s5-portal'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createMessageId } from '../../src/conversation/message-id'
import { KeyRing } from '../../src/crypto/keys'
import { generateSeedPhrase } from '../../src/index'
import { silentLogger } from '../../src/observe/log'
import { createCounters } from '../../src/observe/stats'
import type { ConversationStore } from '../../src/storage/conversation-store'
import { connectS5 } from '../../src/storage/stores/s5-network'
import { readSeedPhrase } from '../../src/storage/stores/s5-seed-phrase'
import { S5Store } from '../../src/storage/stores/s5-store'
import { createRandom, flaky, runConversationStoreSuite, type TestRunner } from '../../src/testing/index'
import { PortalProcess } from '../support/portal-process'

/** The store that `createSdk` makes, without the SDK. */
async function openS5Store(portals: readonly string[], seedPhrase: string): Promise<ConversationStore> {
  return new S5Store({
    network: await connectS5({ portals, seedPhrase }),
    keyRing: new KeyRing(readSeedPhrase(seedPhrase)),
    nameInstance: createMessageId,
    counters: createCounters(),
    log: silentLogger,
  })
}

describe('On a portal in memory', () => {
  let portal: Portal
  beforeAll(async () => {
    portal = await createPortal({ port: 0 })
  })
  afterAll(() => portal.close())

  runConversationStoreSuite(
    {
      name: 'The S5 store',
      createBackend: async () => {
        const seedPhrase = generateSeedPhrase()
        return { openWriter: () => openS5Store([portal.url], seedPhrase), close: async () => {} }
      },
    },
    { describe, it, expect },
  )

  runConversationStoreSuite(
    {
      name: 'The S5 store behind lost requests and answers',
      createBackend: async () => {
        const seedPhrase = generateSeedPhrase()
        const faults = { random: createRandom(1), dropBefore: 0.1, dropAfter: 0.1 }
        return {
          openWriter: async () => flaky(await openS5Store([portal.url], seedPhrase), faults),
          close: async () => {},
        }
      },
    },
    { describe, it, expect },
  )
})

describe('On three portals', () => {
  let portals: Portal[]
  beforeAll(async () => {
    portals = await Promise.all([0, 1, 2].map(() => createPortal({ port: 0 })))
  })
  afterAll(async () => {
    await Promise.all(portals.map((portal) => portal.close()))
  })

  runConversationStoreSuite(
    {
      name: 'The S5 store',
      createBackend: async () => {
        const seedPhrase = generateSeedPhrase()
        const urls = portals.map(({ url }) => url)
        return { openWriter: () => openS5Store(urls, seedPhrase), close: async () => {} }
      },
    },
    { describe, it, expect },
  )
})

describe('On a portal that is killed', () => {
  let dataDir: string
  let portal: PortalProcess
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 's5-conformance-'))
    portal = new PortalProcess(dataDir)
    await portal.start()
  })
  afterAll(async () => {
    await portal.close()
    await rm(dataDir, { recursive: true, force: true })
  })

  /** All other clauses say nothing about crashes. */
  const itWithCrash: TestRunner['it'] = (name, body, timeoutMs) => {
    if (name.includes('crash')) it(name, body, timeoutMs)
  }

  runConversationStoreSuite(
    {
      name: 'The S5 store',
      createBackend: async () => {
        const seedPhrase = generateSeedPhrase()
        return {
          openWriter: () => openS5Store([portal.url], seedPhrase),
          crash: async () => {
            await portal.kill()
            await portal.start()
          },
          close: async () => {},
        }
      },
    },
    { describe, it: itWithCrash, expect },
  )
})
