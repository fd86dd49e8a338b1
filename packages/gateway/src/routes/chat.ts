import type { GenerateStep, TurnResult } from '@s5-conversations/sdk-core'
import { Hono } from 'hono'
import type { SSEStreamingApi } from 'hono/streaming'
import * as z from 'zod'
import type { GatewayContext, GatewayEnv, GatewayParts } from '../gateway-parts'
import { readJson } from '../http/body'
import { toProblem } from '../http/sdk-problem'
import { sendEvents } from './event-stream'
import { parseInput } from './input'

const chatBody = z.strictObject({
  text: z.string().min(1),
  conversationId: z.string().min(1).default('chat'),
  messageId: z.string().min(1).optional(),
})

/** Answers a message by the engine, word by word. What is shown is saved only once the answer is whole. */
export function chatRoutes(parts: GatewayParts, generate: GenerateStep): Hono<GatewayEnv> {
  const app = new Hono<GatewayEnv>()
  app.post('/chat', async (context) => {
    const body = parseInput(chatBody, await readJson(context.req.raw, parts.config.maxBodyBytes), 'body')
    const turn = new StreamedTurn()
    const ended = startTurn(context, parts, { ...body, generate }, turn)
    await Promise.race([turn.begun, ended])
    return sendEvents(context, (stream) => sendTurn(stream, turn, ended, parts))
  })
  return app
}

type ChatTurn = z.infer<typeof chatBody> & { generate: GenerateStep }

/** A client that goes away ends its turn. */
async function startTurn(
  context: GatewayContext,
  { engine, config }: GatewayParts,
  { text, messageId, conversationId, generate }: ChatTurn,
  turn: StreamedTurn,
): Promise<TurnResult> {
  const result = await engine.processConversation({
    userId: context.get('owner'),
    conversationId: context.get('storage').inner(conversationId),
    text,
    generate,
    tools: config.tools,
    signal: AbortSignal.any([context.req.raw.signal, turn.gone.signal]),
    onText: (piece) => turn.add(piece),
    ...(messageId === undefined ? {} : { messageId }),
  })
  return { ...result, conversationId }
}

/** The text of an answer while it comes. */
class StreamedTurn {
  readonly gone = new AbortController()
  readonly begun: Promise<void>
  readonly #waiting: string[] = []
  #wake: () => void = () => {}

  constructor() {
    this.begun = new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  add(piece: string): void {
    this.#waiting.push(piece)
    this.#wake()
  }

  /** All text that was not read yet; waits for some unless `ended` comes first. */
  async take(ended: Promise<unknown>): Promise<string> {
    if (this.#waiting.length === 0) {
      const more = new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      await Promise.race([more, ended.catch(() => {})])
    }
    return this.#waiting.splice(0).join('')
  }
}

async function sendTurn(
  stream: SSEStreamingApi,
  turn: StreamedTurn,
  ended: Promise<TurnResult>,
  { config }: GatewayParts,
): Promise<void> {
  stream.onAbort(() => turn.gone.abort(new Error('the client is gone')))
  for (let text = await turn.take(ended); text !== ''; text = await turn.take(ended)) {
    await stream.writeSSE({ event: 'text', data: JSON.stringify({ text }) })
  }
  const last = await ended.then(
    (result) => ({ event: 'done', data: JSON.stringify(result) }),
    (error: unknown) => ({ event: 'error', data: JSON.stringify(toProblem(error, config.logger)) }),
  )
  await stream.writeSSE(last)
}
