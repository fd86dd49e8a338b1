import { EventSourceParserStream } from 'eventsource-parser/stream'
import type { ChatRequest } from './chat-request'

/** An OpenAI-compatible endpoint. */
export interface RemoteModel {
  baseUrl: string
  model: string
  apiKey: string | undefined
}

/** The model that the environment names, if it names one. */
export function remoteModelOf({
  LLM_BASE_URL,
  LLM_MODEL,
  LLM_API_KEY,
}: NodeJS.ProcessEnv): RemoteModel | undefined {
  if (LLM_BASE_URL === undefined) return undefined
  return { baseUrl: LLM_BASE_URL.replace(/\/+$/, ''), model: LLM_MODEL ?? 'gpt-4o-mini', apiKey: LLM_API_KEY }
}

/** @throws Error where the endpoint refuses; its message holds no key */
export async function* runRemoteModel(
  { baseUrl, model, apiKey }: RemoteModel,
  { messages }: ChatRequest,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const answer = await fetch(`${baseUrl}/chat/completions`, {
    method: 'POST',
    signal,
    headers: {
      'content-type': 'application/json',
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    },
    body: JSON.stringify({ model, messages, stream: true }),
  })
  if (!answer.ok || answer.body === null) throw new Error(`The model's server answered ${answer.status}.`)
  const events = answer.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())
  for await (const { data } of events) {
    if (data === '[DONE]') return
    const text = JSON.parse(data).choices?.[0]?.delta?.content
    if (typeof text === 'string' && text !== '') yield text
  }
}
