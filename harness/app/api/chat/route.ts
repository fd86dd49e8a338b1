import { type ChatRequest, readChatRequest } from '@/lib/llm/chat-request'
import { runDemoModel } from '@/lib/llm/demo-model'
import { remoteModelOf, runRemoteModel } from '@/lib/llm/remote-model'

export async function POST(request: Request): Promise<Response> {
  let asked: ChatRequest
  try {
    asked = await readChatRequest(request)
  } catch (error) {
    return problem(400, error)
  }
  try {
    return await streamOf(answer(asked, request.signal))
  } catch (error) {
    return problem(502, error)
  }
}

function answer(asked: ChatRequest, signal: AbortSignal): AsyncGenerator<string> {
  const remote = remoteModelOf(process.env)
  return remote === undefined ? runDemoModel(asked, signal) : runRemoteModel(remote, asked, signal)
}

/** The first piece is waited for, so that a model that cannot be reached is an error and no empty answer. */
async function streamOf(pieces: AsyncGenerator<string>): Promise<Response> {
  const encoder = new TextEncoder()
  let next = await pieces.next()
  const body = new ReadableStream({
    async pull(controller) {
      if (next.done) return controller.close()
      controller.enqueue(encoder.encode(next.value))
      next = await pieces.next()
    },
    cancel: async () => void (await pieces.return(undefined)),
  })
  return new Response(body, {
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  })
}

function problem(status: number, error: unknown): Response {
  const detail = error instanceof Error ? error.message : 'unknown'
  return Response.json({ error: detail }, { status })
}
