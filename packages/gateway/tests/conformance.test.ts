import { createPortal } from '@s5-conversations/s5-portal'
import { createSdk, generateSeedPhrase, type Sdk } from '@s5-conversations/sdk-core'
import { createRandom, flaky, runConversationStoreSuite } from '@s5-conversations/sdk-core/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createGatewayStore } from '../src/client'
import { type GatewayServer, serveGateway } from '../src/index'
import { fetchWith, memorySdk, signIn } from './support/gateway-scene'

/** Every clause has an account of its own on one gateway. */
function runSuite(name: string, open: () => Promise<Sdk>, isFlaky = false): void {
  describe(name, () => {
    let sdk: Sdk
    let gateway: GatewayServer
    beforeAll(async () => {
      sdk = await open()
      gateway = await serveGateway({ port: 0, sdk, requestsPerSecond: 100_000 })
    })
    afterAll(async () => {
      await gateway.close()
      await sdk.close()
    })
    runConversationStoreSuite(
      {
        name: 'The store on a gateway',
        createBackend: async () => {
          const fetch = fetchWith(await signIn(gateway.url))
          const faults = { random: createRandom(1), dropBefore: 0.1, dropAfter: 0.1 }
          const openWriter = async () => {
            const store = createGatewayStore(gateway.url, { fetch })
            return isFlaky ? flaky(store, faults) : store
          }
          return { openWriter, close: async () => {} }
        },
      },
      { describe, it, expect },
    )
  })
}

runSuite('In memory', memorySdk)
runSuite('In memory, behind lost requests and answers', memorySdk, true)

describe('On S5', () => {
  let portal: Awaited<ReturnType<typeof createPortal>>
  beforeAll(async () => {
    portal = await createPortal({ port: 0 })
  })
  afterAll(() => portal.close())
  runSuite('A portal', () => createSdk({ portals: [portal.url], seedPhrase: generateSeedPhrase() }))
})
