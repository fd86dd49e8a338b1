import { STATUS_CODES } from 'node:http'

/** Members of a problem beside those of RFC 9457. */
export type ProblemMembers = Readonly<Record<string, unknown>>

/** A request that is answered with problem details (RFC 9457) instead of what it asked for. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem'
  readonly status: number
  readonly members: ProblemMembers
  readonly headers: Readonly<Record<string, string>>

  /** @param detail one sentence for the person at the client; never a secret, never an id of somebody else's */
  constructor(
    status: number,
    detail: string,
    members: ProblemMembers = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail)
    this.status = status
    this.members = members
    this.headers = headers
  }

  /** The body of the answer. */
  toJSON(): Record<string, unknown> {
    const { status, message: detail } = this
    return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, ...this.members }
  }

  toResponse(): Response {
    const headers = { 'content-type': 'application/problem+json', ...this.headers }
    return new Response(JSON.stringify(this), { status: this.status, headers })
  }
}
