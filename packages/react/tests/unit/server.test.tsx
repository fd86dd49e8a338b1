import { createSdk, type Generate, type Sdk } from '@s5-conversations/sdk-core'
import { MemoryBackend, MemoryConversationStore } from '@s5-conversations/sdk-core/testing'
import { renderToString } from 'react-dom/server'
import { expect, it } from 'vitest'
import {
  MessageList,
  Notifications,
  reportStaleSession,
  SdkProvider,
  StaleSessionBanner,
  useAIChat,
  useConversation,
  useConversations,
  useSdk,
  useSyncStatus,
} from '../../src/index'

const generate: Generate = async function* () {
  yield 'never'
}

function All() {
  const chat = useAIChat({ conversationId: 'one', generate })
  const { conversation } = useConversation('one')
  const { items } = useConversations()
  return (
    <p>
      {[
        useSdk().status,
        chat.status,
        chat.messages.length,
        conversation?.id,
        items.length,
        useSyncStatus().status,
      ].join()}
      <MessageList messages={chat.messages} />
    </p>
  )
}

const page = (sdk: Sdk | Promise<Sdk>) => (
  <SdkProvider sdk={sdk}>
    <StaleSessionBanner />
    <All />
    <Notifications />
  </SdkProvider>
)

it('A server renders all of it, asks no store for anything, and shows nobody what is stored', async () => {
  const backend = new MemoryBackend()
  const store = new MemoryConversationStore(backend)
  const sdk = await createSdk({ store })
  await sdk.storage.appendMessage('one', { role: 'user', content: 'private' })
  const { requests } = sdk.storage.getStats()
  const html = renderToString(page(sdk))
  expect(html).toContain('ready,loading,0,,0,saved')
  expect(html).not.toContain('private')
  expect(sdk.storage.getStats().requests).toBe(requests)
  expect(renderToString(page(new Promise(() => {})))).toContain('loading,loading,0,,0,saved')
  await sdk.close()
})

it('A server keeps nothing that was reported of one session for the pages of others', () => {
  reportStaleSession({ code: 'STALE_SESSION', localVersion: 1, remoteVersion: 2 })
  expect(renderToString(<StaleSessionBanner />)).toBe('')
})
