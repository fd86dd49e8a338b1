import { InvalidInputError, StoreUnavailableError, type TransferStats } from '@s5-conversations/sdk-core'
import { ABSENT } from '../wire/codes'
import { isObject } from '../wire/messages'
import { errorFromProblem } from './problems'

export interface GatewayRequest {
  method?: 'POST'
  body?: string
  headers?: Record<string, string>
  signal: AbortSignal
}

/** Requests to a gateway, with the cookies of the page; counted. */
export class GatewayClient {
  readonly stats: TransferStats = { requests: 0, bytesUp: 0, bytesDown: 0 }
  readonly #baseUrl: string
  readonly #fetch: typeof fetch

  /** @throws InvalidInputError unless `url` is one */
  constructor(url: string, fetchFrom: typeof fetch) {
    if (!URL.canParse(url)) throw new InvalidInputError('url', 'must be the URL of a gateway')
    this.#baseUrl = url.replace(/\/+$/, '')
    this.#fetch = fetchFrom
  }

  /** The JSON of an answer; `undefined` where there is no such conversation. @throws what the gateway's problem stands for */
  async ask(path: string, conversationId: string, request: GatewayRequest): Promise<unknown> {
    const response = await this.open(path, request)
    const text = await withSignal(request.signal, () => response.text())
    this.stats.bytesDown += text.length
    const answer = parse(text)
    if (response.ok && answer !== undefined) return answer
    // Only the gateway itself can say that there is none, not whoever else answers under this address.
    if (response.status === 404 && isObject(answer) && answer.code === ABSENT) return undefined
    throw errorFromProblem(answer, conversationId)
  }

  /** @throws StoreUnavailableError where there is no answer; the signal's reason */
  async open(path: string, { signal, body, headers, ...rest }: GatewayRequest): Promise<Response> {
    this.stats.requests += 1
    this.stats.bytesUp += body?.length ?? 0
    const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
    const init = {
      ...rest,
      ...(body === undefined ? {} : { body }),
      headers: { ...type, ...headers },
      signal,
    }
    return withSignal(signal, () =>
      this.#fetch(this.#baseUrl + path, { ...init, credentials: 'include', redirect: 'error' }),
    )
  }
}

/** The path of a conversation. @throws InvalidInputError for the two ids that URLs cannot name */
export function pathOf(id: string): string {
  if (id === '.' || id === '..') throw new InvalidInputError('conversationId', 'cannot be in a URL')
  return `/conversations/${encodeURIComponent(id)}`
}

async function withSignal<T>(signal: AbortSignal, task: () => Promise<T>): Promise<T> {
  try {
    return await task()
  } catch (cause) {
    signal.throwIfAborted()
    throw new StoreUnavailableError('the gateway gave no answer', { cause, outcome: 'unknown' })
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
