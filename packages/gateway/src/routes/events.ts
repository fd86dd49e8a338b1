import type { ConversationNotice } from '@s5-conversations/sdk-core'
import { Hono } from 'hono'
import { getCookie } from 'hono/cookie'
import type { SSEStreamingApi } from 'hono/streaming'
import type { GatewayContext, GatewayEnv, GatewayParts } from '../gateway-parts'
import { cookieName } from '../http/guards'
import { HttpProblem } from '../http/problem'
import { Latest, sendEvents, sendHeartbeat } from './event-stream'
import { idOf } from './input'

/**
 * Tells of the versions of a conversation as they come. The id of an event is its version: a client that was cut off
 * names the last one it saw and hears of what it lacks, and of nothing again.
 */
export function eventRoutes(parts: GatewayParts): Hono<GatewayEnv> {
  const app = new Hono<GatewayEnv>()
  const openByOwner = new Map<string, number>()
  app.get('/conversations/:id/events', (context) => {
    const owner = context.get('owner')
    const open = openByOwner.get(owner) ?? 0
    if (open >= parts.config.maxEventStreams) {
      throw new HttpProblem(429, 'Too many streams of events are open', {}, { 'retry-after': '5' })
    }
    const leave = () => {
      const left = (openByOwner.get(owner) ?? 1) - 1
      if (left === 0) openByOwner.delete(owner)
      else openByOwner.set(owner, left)
    }
    const response = tell(context, parts, leave)
    openByOwner.set(owner, open + 1)
    return response
  })
  return app
}

function tell(context: GatewayContext, parts: GatewayParts, leave: () => void): Response {
  const seen = Number(context.req.header('last-event-id') ?? 0)
  const news = new Latest<ConversationNotice>()
  const stop = context.get('storage').watch(idOf(context), (notice) => {
    if (!(notice.version <= seen)) news.set(notice)
  })
  return sendEvents(context, async (stream) => {
    try {
      await sendNews(stream, news, parts, getCookie(context, cookieName(parts.config)) ?? '')
    } finally {
      stop()
      leave()
    }
  })
}

/** Until the client goes, the gateway closes, or the session ends. */
async function sendNews(
  stream: SSEStreamingApi,
  news: Latest<ConversationNotice>,
  { closing, sessions }: GatewayParts,
  token: string,
): Promise<void> {
  const gone = new AbortController()
  stream.onAbort(() => gone.abort())
  const signal = AbortSignal.any([gone.signal, closing])
  await sendHeartbeat(stream)
  while (!signal.aborted && (await sessions.addressOf(token)) !== undefined) {
    const notice = await news.take(signal)
    if (notice === undefined) await sendHeartbeat(stream)
    else {
      await stream.writeSSE({ event: 'version', id: `${notice.version}`, data: JSON.stringify(notice) })
    }
  }
}
