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

const ROUND = 50
/** Longer than observers are kept that nobody watches, and than reads last that were begun. */
const LONGER_THAN_KEPT_MS = 2000

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** What the test asks of this page. */
export interface MountsPage {
  /** Mounts and unmounts every hook and part so many times, with fifty conversations in turn. */
  mountMany(count: number): Promise<void>
}

const page: MountsPage = {
  async mountMany(count) {
    const sdk = await started
    for (let i = 1; i <= count; i += 1) {
      root.render(
        <SdkProvider sdk={sdk}>
          <StaleSessionBanner />
          <Everything id={`mount-${i % ROUND}`} />
          <Notifications />
        </SdkProvider>,
      )
      await pause(5)
      root.render(null)
      await pause(i % ROUND === 0 ? LONGER_THAN_KEPT_MS : 5)
    }
  },
}

Object.assign(globalThis, { page })
