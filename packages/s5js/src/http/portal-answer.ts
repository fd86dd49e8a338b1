import { concatBytes } from '../bytes/bytes'
import { CorruptDataError } from '../errors/data-errors'
import { PortalRejectedError, PortalUnreachableError } from '../errors/network-errors'
import { S5Error } from '../errors/s5-error'
import type { Call } from './call-options'
import type { WireAnswer } from './wire'

const MAX_JSON_BYTES = 64 * 1024
const MAX_TEXT_BYTES = 4096
const MAX_TEXT_LENGTH = 200

export interface AnswerContext {
  /** Origin and path, for messages. */
  where: string
  /** The token that was sent: a portal that echoes it must not get it into a message. */
  token: string | undefined
  call: Call
  countBytes(received: number): void
}

/** What a portal answered, of any status. The body is read at most once, and only up to a bound. */
export class PortalAnswer {
  readonly #answer: WireAnswer
  readonly #context: AnswerContext

  constructor(answer: WireAnswer, context: AnswerContext) {
    this.#answer = answer
    this.#context = context
  }

  get status(): number {
    return this.#answer.status
  }

  get isSuccess(): boolean {
    return this.status >= 200 && this.status < 300
  }

  get setCookies(): readonly string[] {
    return this.#answer.setCookies
  }

  /** @throws CorruptDataError as soon as more than `maxBytes` have come */
  async bytes(maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
    const parts: Uint8Array[] = []
    let received = 0
    await this.#read((part) => {
      this.#context.countBytes(part.length)
      received += part.length
      if (received > maxBytes)
        throw new CorruptDataError(`${this.#context.where} sent more than ${maxBytes} bytes`)
      parts.push(part)
    })
    return concatBytes(...parts)
  }

  /** @throws CorruptDataError when the body is not JSON */
  async json(): Promise<unknown> {
    const text = new TextDecoder().decode(await this.bytes(MAX_JSON_BYTES))
    try {
      return JSON.parse(text)
    } catch {
      // The parser's own error quotes the text, which may hold a token.
      throw new CorruptDataError(`${this.#context.where} did not answer JSON`)
    }
  }

  /** What an unsuccessful answer says, in a form that is fit for a message; empty when it says nothing. */
  async failureText(): Promise<string> {
    const bytes = await this.bytes(MAX_TEXT_BYTES).catch((error: unknown) => {
      this.#context.call.signal.throwIfAborted()
      if (!(error instanceof S5Error)) throw error
      return new Uint8Array()
    })
    const { token } = this.#context
    const text = explanation(new TextDecoder().decode(bytes)).replace(/\p{Cc}+/gu, ' ')
    const safeText = token === undefined ? text : text.replaceAll(token, '<redacted>')
    return safeText.slice(0, MAX_TEXT_LENGTH)
  }

  /** The error that an unsuccessful answer stands for. */
  async failure(): Promise<S5Error> {
    return this.failureFor(await this.failureText())
  }

  failureFor(text: string): S5Error {
    const { where } = this.#context
    if (this.status >= 500) return new PortalUnreachableError(where, `status ${this.status}: ${text}`)
    return new PortalRejectedError(where, this.status, text)
  }

  /** For an answer whose body nobody needs. */
  async discard(): Promise<void> {
    await this.#answer.discard().catch(() => undefined)
  }

  async #read(take: (part: Uint8Array) => void): Promise<void> {
    try {
      await this.#answer.read(take)
    } catch (cause) {
      this.#context.call.signal.throwIfAborted()
      if (cause instanceof S5Error) throw cause
      throw new PortalUnreachableError(this.#context.where, 'the answer broke off', { cause })
    }
  }
}

// Portals explain themselves in JSON, as `error` or as RFC 9457 `detail`, or in plain text.
function explanation(text: string): string {
  try {
    const problem: unknown = JSON.parse(text)
    if (typeof problem !== 'object' || problem === null) return text
    const said = Reflect.get(problem, 'error') ?? Reflect.get(problem, 'detail')
    return typeof said === 'string' ? said : text
  } catch {
    return text
  }
}
