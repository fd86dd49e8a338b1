import { setTimeout as wait } from 'node:timers/promises'
import type { ChatRequest, PromptMessage } from './chat-request'

export const DEMO_MODEL = 'demo-1'

const DELAY_MS = 25
const QUOTED_LENGTH = 160

/** Answers without any network: the same to the same messages. It says what it is. */
export async function* runDemoModel(
  { messages, delayMs = DELAY_MS }: ChatRequest,
  signal: AbortSignal,
): AsyncGenerator<string> {
  for (const piece of answerTo(messages).match(/\s*\S+/g) ?? []) {
    if (delayMs > 0) await wait(delayMs, undefined, { signal })
    signal.throwIfAborted()
    yield piece
  }
}

function answerTo(messages: PromptMessage[]): string {
  const said = messages.filter(({ role }) => role === 'user')
  const context = messages.filter(({ role }) => role === 'system').map(({ content }) => content)
  const prompt = said.at(-1)?.content ?? ''
  return [
    `You said: “${shorten(prompt)}”`,
    `That was message ${said.length} of yours in this conversation, with ${countWords(prompt)}.`,
    ...context.map((text) => `From your earlier conversations I was given:\n\n${quote(text)}`),
    'I am a **demo model** that runs on this machine. I understand nothing; I only show how an answer streams, is saved while it grows, and survives a reload. Set `LLM_BASE_URL`, `LLM_MODEL` and `LLM_API_KEY` to talk to a real model.',
  ].join('\n\n')
}

function shorten(text: string): string {
  const characters = [...text.trim()]
  return characters.length > QUOTED_LENGTH
    ? `${characters.slice(0, QUOTED_LENGTH).join('')}…`
    : characters.join('')
}

function countWords(text: string): string {
  const count = text.trim().split(/\s+/).length
  return count === 1 ? 'one word' : `${count} words`
}

function quote(text: string): string {
  return text
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n')
}
