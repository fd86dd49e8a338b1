import {
  MessageList,
  Notifications,
  SdkProvider,
  StaleSessionBanner,
  useAIChat,
  useConversations,
  useSyncStatus,
} from '@s5-conversations/react'
import '@s5-conversations/react/styles.css'
import { createSdk, type Generate, generateSeedPhrase } from '@s5-conversations/sdk-core'
import { type ComponentProps, useState } from 'react'
import { createRoot } from 'react-dom/client'

const portal = new URLSearchParams(location.search).get('portal') ?? 'http://127.0.0.1:5522'
// An example's way to keep an identity. Yours: a wallet, or a `PhraseVault`.
const seedPhrase = localStorage.getItem('phrase') ?? generateSeedPhrase()
localStorage.setItem('phrase', seedPhrase)
const sdk = createSdk({ portals: [portal], seedPhrase })

/** In the place of a model: says what it was told. */
const generate: Generate = async function* ({ messages }) {
  for (const word of `You said: ${messages.at(-1)?.content}`.split(' ')) {
    yield `${word} `
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
}

const Button = (props: ComponentProps<'button'>) => <button type="button" {...props} />

function Chat({ conversationId }: { conversationId: string }) {
  const { messages, draft, isStreaming, send, setDraft, stop } = useAIChat({ conversationId, generate })
  const submit = () => {
    if (draft.trim() !== '') send(draft)
    setDraft('')
  }
  return (
    <form action={submit}>
      <MessageList messages={messages} />
      <input aria-label="Message" value={draft} onChange={({ target }) => setDraft(target.value)} />
      <button type="submit">Send</button>
      <Button onClick={stop} disabled={!isStreaming}>
        Stop
      </Button>
    </form>
  )
}

function Conversations({ onOpen }: { onOpen: (id: string) => void }) {
  const { items, hasMore, loadMore } = useConversations()
  const { status } = useSyncStatus()
  return (
    <nav aria-label="Conversations">
      <output>{status}</output>
      <Button onClick={() => onOpen(`chat-${Date.now()}`)}>New</Button>
      {items.map(({ id, messageCount }) => (
        <Button key={id} onClick={() => onOpen(id)}>
          {id} ({messageCount})
        </Button>
      ))}
      {hasMore && <Button onClick={loadMore}>More</Button>}
    </nav>
  )
}

function App() {
  const [id, setId] = useState('first')
  return (
    <SdkProvider sdk={sdk}>
      <StaleSessionBanner />
      <h1>Chat</h1>
      <Conversations onOpen={setId} />
      <Chat key={id} conversationId={id} />
      <Notifications />
    </SdkProvider>
  )
}

createRoot(document.body.appendChild(document.createElement('main'))).render(<App />)
