import { createSdk, type GenerateStepInput, type MessageInput, type Sdk } from '../../src/index'
import { MemoryBackend, MemoryConversationStore } from '../../src/testing/index'
import { closeAfterTest, startPortal, startSdk } from './fixture'

/** SDKs on the stores that the engine is tested on, by name. */
export const STORES: Readonly<Record<string, () => Promise<Sdk>>> = {
  'the memory store': async () =>
    closeAfterTest(await createSdk({ store: new MemoryConversationStore(new MemoryBackend()) })),
  'the S5 store': async () => startSdk((await startPortal()).url),
}

/** What a message says, in one line. */
export function say({ role, content }: MessageInput): string {
  if (typeof content === 'string') return `${role}: ${content}`
  const parts = content.map((part) => {
    if (part.type === 'text') return part.text
    return part.type === 'tool-call' || part.type === 'tool-result'
      ? `${part.type} ${part.toolName}`
      : part.type
  })
  return `${role}: ${parts.join(', ')}`
}

/** What is stored, in lines. */
export async function stored(sdk: Sdk, conversationId: string): Promise<string[]> {
  return ((await sdk.storage.loadConversation(conversationId))?.messages ?? []).map(say)
}

/** Answers with what it was told last, and remembers what it was told. */
export function echo(): ((input: GenerateStepInput) => Promise<string>) & { heard: string[][] } {
  const heard: string[][] = []
  const generate = async ({ messages }: GenerateStepInput) => {
    heard.push(messages.map(say))
    return `re ${heard.at(-1)?.at(-1)}`
  }
  return Object.assign(generate, { heard })
}

/** A promise and how to end it. */
export function gate(): { opened: Promise<void>; open: () => void } {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}
