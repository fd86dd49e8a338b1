import { createPortal } from '@s5-conversations/s5-portal'
import { createSdk, generateSeedPhrase, SDKError } from '@s5-conversations/sdk-core'
import { runConversationStoreSuite } from '@s5-conversations/sdk-core/testing'

const portal = await createPortal({ port: 0 })
const sdk = await createSdk({ portals: [portal.url], seedPhrase: generateSeedPhrase() })
await sdk.storage.appendMessage('packed', { role: 'user', content: 'from an ES module' })
const loaded = await sdk.storage.loadConversation('packed')
await sdk.close()
await portal.close()
console.log(loaded?.messages[0]?.content, typeof SDKError, typeof runConversationStoreSuite)
