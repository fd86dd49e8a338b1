import { createSdk, generateSeedPhrase } from '@s5-conversations/sdk-core'

export async function GET(request) {
  const portal = new URL(request.url).searchParams.get('portal')
  const sdk = await createSdk({ portals: [portal], seedPhrase: generateSeedPhrase() })
  await sdk.storage.appendMessage('packed', { role: 'user', content: 'from a server route' })
  const loaded = await sdk.storage.loadConversation('packed')
  await sdk.close()
  return new Response(loaded.messages[0].content)
}
