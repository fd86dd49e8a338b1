import { vi } from 'vitest'
import { type Generate, generateSeedPhrase, type Sdk } from '../../src/index'
import { type ChatObserver, createObservers, type Observers } from '../../src/observers/index'
import { startPortal, startSdk } from './fixture'

/** One device of an identity, with its observers. */
export interface ChatDevice {
  sdk: Sdk
  observers: Observers
  chat: ChatObserver
}

/** Opens devices of one identity that look at one conversation, and tell of it at once. */
export async function startChatScene(conversationId = 'one') {
  const [portal, seedPhrase] = [await startPortal(), generateSeedPhrase()]
  const openDevice = async (url = portal.url): Promise<ChatDevice> => {
    const sdk = await startSdk(url, seedPhrase)
    const observers = createObservers(sdk, { onFrame: (task) => task() })
    const chat = observers.chats.get(conversationId)
    chat.subscribe(() => {})
    await vi.waitFor(() => {
      if (chat.getSnapshot().status !== 'ready') throw new Error('still loading')
    })
    return { sdk, observers, chat }
  }
  return { portal, seedPhrase, openDevice }
}

/** Says what it was asked last, word by word. */
export const parrot: Generate = async function* ({ messages }) {
  for (const word of String(messages.at(-1)?.content).split(' ')) yield `${word} `
}

export const answering = { generate: parrot }

/** The texts that are shown, in order. */
export function shownIn({ chat }: ChatDevice): unknown[] {
  return chat.getSnapshot().messages.map(({ content }) => content)
}
