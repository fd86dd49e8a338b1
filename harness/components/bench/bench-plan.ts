import type { Sdk } from '@s5-conversations/sdk-core'

/** How much is done, and with messages of how many bytes. */
export interface BenchSize {
  operations: number
  messageBytes: number
}

/** Something that is measured, operation by operation. */
export interface BenchStep {
  name: string
  /** What one operation is. */
  hint: string
  operations: number
  /** Whether it begins with a client that knows nothing, and writes nothing beside. */
  isCold: boolean
  /** Done before, and not measured. */
  prepare?(sdk: Sdk): Promise<unknown>
  run(sdk: Sdk, i: number): Promise<unknown>
}

/** Loads and lists are all alike: a few of them say as much as many. */
const MOST_READS = 20

/** All steps, in their order; later ones read what earlier ones wrote. */
export function planBench({ operations, messageBytes }: BenchSize, runId: string): BenchStep[] {
  const reads = Math.min(operations, MOST_READS)
  const message = (i: number) => ({ role: 'user' as const, content: textOf(messageBytes, i) })
  const appended = `bench-${runId}`
  return [
    {
      name: 'Create',
      hint: 'a conversation with its first message',
      operations,
      isCold: false,
      run: ({ storage }, i) => storage.appendMessage(`${appended}-${i}`, message(i)),
    },
    {
      name: 'Append',
      hint: 'a message to a conversation, one after another',
      operations,
      isCold: false,
      run: ({ storage }, i) => storage.appendMessage(appended, message(i)),
    },
    {
      name: 'Append at once',
      hint: `${operations} messages to a conversation without waiting`,
      operations: 1,
      isCold: false,
      run: ({ storage }) =>
        Promise.all(
          Array.from({ length: operations }, (_, i) => storage.appendMessage(appended, message(i))),
        ),
    },
    {
      name: 'Save',
      hint: 'a whole conversation with a message more',
      operations: reads,
      isCold: false,
      run: async ({ storage }, i) => {
        const messages = Array.from({ length: i + 1 }, (_, j) => ({ ...message(j), id: `message-${j}` }))
        await storage.saveConversation({ id: `${appended}-saved`, messages })
      },
    },
    {
      name: 'First load',
      hint: 'a conversation that the device does not know',
      operations: reads,
      isCold: true,
      run: ({ storage }, i) => storage.loadConversation(`${appended}-${i % operations}`),
    },
    {
      name: 'Load again',
      hint: 'a conversation of many messages that did not change',
      operations: reads,
      isCold: true,
      prepare: ({ storage }) => storage.loadConversation(appended),
      run: ({ storage }) => storage.loadConversation(appended),
    },
    {
      name: 'List',
      hint: 'the newest twenty conversations',
      operations: reads,
      isCold: true,
      run: ({ storage }) => storage.listConversations({ limit: 20 }),
    },
  ]
}

/** Text that compresses about as well as prose, and is never the same twice. */
function textOf(bytes: number, i: number): string {
  const words = [
    'river',
    'stone',
    'lantern',
    'orchard',
    'signal',
    'harbour',
    'velvet',
    'thunder',
    'paper',
    'north',
  ]
  let text = `${i}:`
  for (let state = i + 1; text.length < bytes; state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) {
    text += ` ${words[state % words.length]}${state % 97}`
  }
  return text.slice(0, bytes)
}
