import { createSdk, generateSeedPhrase } from '@s5-conversations/sdk-core'

const portal = new URLSearchParams(location.search).get('portal') ?? ''
const sdk = await createSdk({ portals: [portal], seedPhrase: generateSeedPhrase() })
await sdk.storage.appendMessage('packed', { role: 'user', content: 'from a Vite bundle' })
const loaded = await sdk.storage.loadConversation('packed')
await sdk.close()
document.querySelector('#loaded')?.append(String(loaded?.messages[0]?.content))
