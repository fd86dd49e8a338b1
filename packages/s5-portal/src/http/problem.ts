import { STATUS_CODES } from 'node:http'
import { constants } from 'node:os'

interface ProblemOptions extends ErrorOptions {
  /** Further members of the body. */
  readonly members?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
}

/** A request that is answered with problem details (RFC 9457) instead of what it asked for. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem'
  readonly members: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, string>>

  /** @param detail - one sentence for the person at the client; never a secret */
  constructor(
    readonly status: number,
    detail: string,
    { members = {}, headers = {}, ...options }: ProblemOptions = {},
  ) {
    super(detail, options)
    this.members = members
    this.headers = headers
  }
}

/** @returns the answer for `problem`. Its `error` member repeats the detail: existing S5 clients print that one. */
export function problemResponse(problem: HttpProblem): Response {
  const { status, message: detail } = problem
  const title = STATUS_CODES[status] ?? 'Error'
  const body = { type: 'about:blank', title, status, detail, error: detail, ...problem.members }
  const headers = { 'content-type': 'application/problem+json', ...problem.headers }
  return new Response(JSON.stringify(body), { status, headers })
}

/** @returns the answer for anything thrown; `report` is told of what is not a problem of the request. */
export function errorResponse(error: unknown, report: (error: unknown) => void): Response {
  if (error instanceof HttpProblem) return problemResponse(error)
  report(error)
  if (isDiskFull(error)) return problemResponse(new HttpProblem(507, 'The disk of the portal is full'))
  return problemResponse(new HttpProblem(500, 'The portal could not complete the request'))
}

/** The database hands the number of the system's error over, everything else its name. */
const DISK_FULL_CODES: readonly unknown[] = [
  'ENOSPC',
  'EDQUOT',
  constants.errno.ENOSPC,
  constants.errno.EDQUOT,
]

function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return ('code' in error && DISK_FULL_CODES.includes(error.code)) || isDiskFull(error.cause)
}
