import { createSdk, generateSeedPhrase } from '@s5-conversations/sdk-core'
import { createRoot } from 'react-dom/client'
import { SdkProvider, StaleSessionBanner, useAIChat, useConversations, useSyncStatus } from '../../src/index'
import { Notifications } from '../../src/notifications'

const portal = new URLSearchParams(location.search).get('portal') ?? ''
const started = createSdk({ portals: [portal], seedPhrase: generateSeedPhrase(), local: false })
const root = createRoot(document.body.appendChild(document.createElement('main')))

function Everything({ id }: { id: string }) {
  const { messages } = useAIChat({
    conversationId: id,
    async *generate() {
      yield 'never'
    },
  })
  const { items } = useConversations()
  return <p>{messages.length + items.length + useSyncStatus().waiting}</p>
}

/** What the test asks of this page. */
export interface MountsPage {
  /** Mounts and unmounts every hook and part so many times, each time with another conversation. */
  mountMany(count: number): Promise<void>
}

const page: MountsPage = {
  async mountMany(count) {
    const sdk = await started
    for (let i = 0; i < count; i += 1) {
      root.render(
        <SdkProvider sdk={sdk}>
          <StaleSessionBanner />
          <Everything id={`mount-${i}`} />
          <Notifications />
        </SdkProvider>,
      )
      await new Promise((resolve) => setTimeout(resolve, 5))
      root.render(null)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    // Observers that nobody needs are kept for a second, and reads that were begun come to their end.
    await new Promise((resolve) => setTimeout(resolve, 3000))
  },
}

Object.assign(globalThis, { page })
