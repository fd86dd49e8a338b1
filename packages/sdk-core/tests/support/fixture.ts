import { createPortal, type Portal } from '@s5-conversations/s5-portal'
import { afterEach } from 'vitest'
import { createSdk, generateSeedPhrase, type Logger, type PortalOptions, type Sdk } from '../../src/index'

const toClose: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close()
})

/** Closed after the test, before what was registered earlier. */
export function closeAfterTest<T extends { close(): Promise<void> }>(closable: T): T {
  toClose.push(() => closable.close())
  return closable
}

/** A real portal on a free port, in memory. */
export async function startPortal(): Promise<Portal> {
  return closeAfterTest(await createPortal({ port: 0 }))
}

/** An SDK of `seedPhrase`, a new identity if left out. */
export async function startSdk(
  portal: string,
  seedPhrase = generateSeedPhrase(),
  options: Partial<PortalOptions> & { logger?: Logger } = {},
): Promise<Sdk> {
  return closeAfterTest(await createSdk({ portals: [portal], seedPhrase, ...options }))
}

export function user(text: string) {
  return { role: 'user' as const, content: text }
}

/** The texts of a loaded conversation, in order. */
export async function textsOf(sdk: Sdk, conversationId: string): Promise<string[]> {
  const conversation = await sdk.storage.loadConversation(conversationId)
  return (conversation?.messages ?? []).map((message) => String(message.content))
}
