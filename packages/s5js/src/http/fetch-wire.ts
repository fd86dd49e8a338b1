import type { Wire, WireAnswer, WireRequest } from './wire'

// The cookies of a page are none of a portal's business.
const OPTIONS = { credentials: 'omit', referrerPolicy: 'no-referrer' } as const

/** By the platform's `fetch`, which keeps its connections to itself. */
export class FetchWire implements Wire {
  async send({ url, method, headers, body, isCacheable, signal }: WireRequest): Promise<WireAnswer> {
    const cache = isCacheable ? 'default' : 'no-store'
    const content = body === undefined ? {} : { body }
    return new FetchAnswer(await fetch(url, { ...OPTIONS, method, headers, ...content, cache, signal }))
  }

  close(): void {}
}

class FetchAnswer implements WireAnswer {
  readonly #response: Response

  constructor(response: Response) {
    this.#response = response
  }

  get status(): number {
    return this.#response.status
  }

  get setCookies(): string[] {
    return this.#response.headers.getSetCookie()
  }

  async read(take: (part: Uint8Array) => void): Promise<void> {
    const reader = this.#response.body?.getReader()
    if (reader === undefined) return
    try {
      for (let part = await reader.read(); !part.done; part = await reader.read()) take(part.value)
    } finally {
      await reader.cancel().catch(() => undefined)
    }
  }

  async discard(): Promise<void> {
    await this.#response.body?.cancel().catch(() => undefined)
  }
}
