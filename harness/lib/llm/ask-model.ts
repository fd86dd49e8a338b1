import type { ChatRequest } from './chat-request'

/** The text of an answer, piece by piece. @throws Error with what the harness's own server says is wrong */
export async function* askModel(request: ChatRequest, signal: AbortSignal): AsyncGenerator<string> {
  const answer = await fetch('/api/chat', {
    method: 'POST',
    signal,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  })
  if (!answer.ok || answer.body === null) throw new Error(await problemOf(answer))
  for await (const text of answer.body.pipeThrough(new TextDecoderStream())) yield text
}

async function problemOf(answer: Response): Promise<string> {
  const { error } = await answer.json().catch(() => ({}))
  return typeof error === 'string' ? error : `The model answered ${answer.status}.`
}
