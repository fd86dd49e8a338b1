import type { GenerateStep } from '@s5-conversations/sdk-core'
import { Hono } from 'hono'
import * as z from 'zod'
import { isSameSecret } from '../auth/secrets'
import type { GatewayEnv, GatewayParts } from '../gateway-parts'
import { readJson } from '../http/body'
import { HttpProblem } from '../http/problem'
import { parseInput } from './input'

/** Telegram takes no longer text (Bot API, sendMessage), in UTF-16 units. */
const MAX_TEXT = 4096

const update = z.object({ update_id: z.number().int() })
/** A message with text. All other updates are taken and left alone: there are always new types of them. */
const textUpdate = z.object({
  message: z.object({
    message_id: z.number().int(),
    text: z.string().min(1),
    from: z.object({ id: z.number().int() }),
    chat: z.object({ id: z.number().int(), type: z.enum(['private', 'group', 'supergroup']) }),
  }),
})

/** Updates of a Telegram bot, answered in the response (Bot API, "Making requests when getting updates"). */
export function telegramRoutes(
  { config, engine }: GatewayParts,
  secret: string,
  generate: GenerateStep,
): Hono<GatewayEnv> {
  const app = new Hono<GatewayEnv>()
  app.post('/telegram-webhook', async (context) => {
    const given = context.req.header('x-telegram-bot-api-secret-token') ?? ''
    if (!isSameSecret(given, secret)) throw new HttpProblem(401, 'The secret token is not valid')
    const body = await readJson(context.req.raw, config.maxBodyBytes)
    parseInput(update, body, 'body')
    const { data } = textUpdate.safeParse(body)
    if (data === undefined) return context.json({})
    const { message_id, text, from, chat } = data.message
    const answer = await engine.processConversation({
      userId: `telegram:${from.id}`,
      ...(chat.type === 'private' ? {} : { groupChatId: `telegram:${chat.id}` }),
      messageId: `telegram:${chat.id}:${message_id}`,
      text,
      generate,
      tools: config.tools,
    })
    return context.json({ method: 'sendMessage', chat_id: chat.id, text: shorten(answer.text) })
  })
  return app
}

/** What is cut off is stored all the same. */
function shorten(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 1)}…`.toWellFormed()
}
