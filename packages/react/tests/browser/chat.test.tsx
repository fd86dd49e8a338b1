import { generateSeedPhrase } from '@s5-conversations/sdk-core'
import { expect, it, vi } from 'vitest'
import { type AIChat, SdkProvider, useAIChat } from '../../src/index'
import { mount, parrot, startSdk } from '../support/page'

function Chat({ id, onRender }: { id: string; onRender: (chat: AIChat) => void }) {
  const chat = useAIChat({ conversationId: id, generate: parrot })
  onRender(chat)
  return (
    <ul>
      {chat.messages.map((message) => (
        <li key={message.id}>{String(message.content)}</li>
      ))}
    </ul>
  )
}

it('Ten messages sent at once are all saved, in their order, and each is answered', async () => {
  const seedPhrase = generateSeedPhrase()
  const [sdk, other] = [await startSdk(seedPhrase), await startSdk(seedPhrase)]
  let chat: AIChat | undefined
  mount(
    <SdkProvider sdk={sdk}>
      <Chat id="ten" onRender={(now) => (chat = now)} />
    </SdkProvider>,
  )
  await vi.waitFor(() => expect(chat?.status).toBe('ready'))
  const sent = await Promise.all(Array.from({ length: 10 }, (_, i) => chat?.send(`message ${i}`)))
  expect(sent.map((message) => message?.status)).toEqual(sent.map(() => 'saved'))
  await vi.waitFor(() => expect(chat?.messages).toHaveLength(20), 15_000)
  await vi.waitFor(() => expect(chat?.isStreaming).toBe(false), 15_000)
  const texts = Array.from({ length: 10 }, (_, i) => [`message ${i}`, `message ${i} `]).flat()
  expect(chat?.messages.map(({ content }) => content)).toEqual(texts)
  const stored = await other.storage.loadConversation('ten')
  expect(stored?.messages).toHaveLength(20)
})
