import { type SSEStreamingApi, streamSSE } from 'hono/streaming'
import type { GatewayContext } from '../gateway-parts'

/** An empty line this often keeps a quiet connection open, in ms. */
const HEARTBEAT_MS = 15_000

/** A value that is read by whoever waits for it; a newer one takes the place of one that nobody has read yet. */
export class Latest<T> {
  #value: T | undefined
  #wake: () => void = () => {}

  set(value: T): void {
    this.#value = value
    this.#wake()
  }

  /** The value that was not read yet; `undefined` when there is none after a while, or `signal` was aborted. */
  async take(signal: AbortSignal): Promise<T | undefined> {
    if (this.#value === undefined && !signal.aborted) await this.#change(signal)
    const value = this.#value
    this.#value = undefined
    return value
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      const timer = setTimeout(wake, HEARTBEAT_MS)
      signal.addEventListener('abort', wake)
      this.#wake = wake
    })
  }
}

/** Answers with events (server-sent events, WHATWG HTML 9.2) that `write` sends until it ends. */
export function sendEvents(
  context: GatewayContext,
  write: (stream: SSEStreamingApi) => Promise<void>,
): Response {
  return streamSSE(context, write, async () => {})
}

/** Says nothing, so that proxies keep the connection. */
export function sendHeartbeat(stream: SSEStreamingApi): Promise<unknown> {
  return stream.write(':\n\n')
}
