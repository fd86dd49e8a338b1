const { createPortal } = require('@s5-conversations/s5-portal')
const { createSdk, generateSeedPhrase } = require('@s5-conversations/sdk-core')

async function main() {
  const portal = await createPortal({ port: 0 })
  const sdk = await createSdk({ portals: [portal.url], seedPhrase: generateSeedPhrase() })
  await sdk.storage.appendMessage('packed', { role: 'user', content: 'from a CommonJS module' })
  const loaded = await sdk.storage.loadConversation('packed')
  await sdk.close()
  await portal.close()
  console.log(loaded?.messages[0]?.content)
}

main()
