import type { GenerateStep } from '@s5-conversations/sdk-core'
import { Hono } from 'hono'
import * as z from 'zod'
import { hmacHex, isSameSecret } from '../auth/secrets'
import type { GatewayEnv, GatewayParts } from '../gateway-parts'
import { parseJson, readBody } from '../http/body'
import { HttpProblem } from '../http/problem'
import { parseInput } from './input'

/** A request that is older or newer than this is refused, in ms. What is repeated within it is one turn. */
const WINDOW_MS = 5 * 60_000

const delivery = z.strictObject({
  userId: z.string().min(1),
  groupChatId: z.string().min(1).optional(),
  messageId: z.string().min(1),
  text: z.string().min(1),
})

/**
 * Messages from a platform that knows its users. `X-Signature` is `sha256=` and HMAC-SHA256 in hex over
 * `<X-Timestamp>.<raw body>`; `X-Timestamp` is in seconds since 1970.
 */
export function webhookRoutes(
  { config, engine }: GatewayParts,
  secret: string,
  generate: GenerateStep,
): Hono<GatewayEnv> {
  const app = new Hono<GatewayEnv>()
  app.post('/webhook', async (context) => {
    const body = await readBody(context.req.raw, config.maxBodyBytes)
    refuseForged(context.req.raw.headers, body, secret, config.now())
    const { userId, groupChatId, messageId, text } = parseInput(delivery, parseJson(body), 'body')
    const { awaitsConfirmation, replayed, ...answer } = await engine.processConversation({
      userId: `webhook:${userId}`,
      ...(groupChatId === undefined ? {} : { groupChatId: `webhook:${groupChatId}` }),
      messageId,
      text,
      generate,
      tools: config.tools,
    })
    return context.json({ text: answer.text, messageIds: answer.messageIds, awaitsConfirmation, replayed })
  })
  return app
}

function refuseForged(headers: Headers, body: Uint8Array, secret: string, now: number): void {
  const timestamp = headers.get('x-timestamp') ?? ''
  const signed = Buffer.concat([Buffer.from(`${timestamp}.`), body])
  const isGenuine = isSameSecret(headers.get('x-signature') ?? '', `sha256=${hmacHex(secret, signed)}`)
  const isRecent = /^\d{1,12}$/.test(timestamp) && Math.abs(now - Number(timestamp) * 1000) <= WINDOW_MS
  if (!isGenuine || !isRecent) throw new HttpProblem(401, 'The signature or its time is not valid')
}
