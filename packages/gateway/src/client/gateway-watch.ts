import type { ConversationListener, ConversationNotice } from '@s5-conversations/sdk-core'
import { EventSourceParserStream } from 'eventsource-parser/stream'
import { isObject } from '../wire/messages'
import { type GatewayClient, pathOf } from './gateway-client'

/** The wait before the first new attempt, in ms; twice as long before each further one, up to the longest. */
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 30_000

/** Hears of a conversation until the signal is aborted; connects again where it left off whenever it is cut off. */
export async function watchGateway(
  client: GatewayClient,
  id: string,
  listener: ConversationListener,
  signal: AbortSignal,
): Promise<void> {
  let seen = 0
  let waitMs = FIRST_WAIT_MS
  const hear = (notice: ConversationNotice) => {
    waitMs = FIRST_WAIT_MS
    if (notice.version <= seen) return
    seen = notice.version
    listener(notice)
  }
  while (!signal.aborted) {
    const isLost = await listen(client, id, seen, hear, signal).catch(() => false)
    if (isLost) return
    await pause(waitMs, signal)
    waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)
  }
}

/** Until the connection ends. @returns whether trying again cannot help */
async function listen(
  client: GatewayClient,
  id: string,
  seen: number,
  hear: ConversationListener,
  signal: AbortSignal,
): Promise<boolean> {
  const headers = { accept: 'text/event-stream', 'last-event-id': `${seen}` }
  const response = await client.open(`${pathOf(id)}/events`, { headers, signal })
  if (!response.ok || response.body === null) {
    await response.body?.cancel()
    return [400, 401, 403, 501].includes(response.status)
  }
  const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())
  for await (const { event, data } of events) {
    const notice: unknown = JSON.parse(data)
    if (event === 'version' && isObject(notice) && typeof notice.version === 'number') {
      hear(notice as unknown as ConversationNotice)
    }
  }
  return false
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
  })
}
