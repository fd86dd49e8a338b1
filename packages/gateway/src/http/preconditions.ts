import { HttpProblem } from './problem'

/** What a writer knows of what it writes to: a version, that there is nothing, or nothing at all. */
export type Precondition = { version: number } | { exists: true } | 'absent' | undefined

/** The ETag of a version (RFC 9110 8.8.3): strong, because a version never changes. */
export function etagOf(version: number): string {
  return `"${version}"`
}

/** `If-Match` or `If-None-Match: *` of a write. @throws HttpProblem 400 where they say anything but one version */
export function preconditionOf(headers: Headers): Precondition {
  const [match, noneMatch] = [headers.get('if-match'), headers.get('if-none-match')]
  if (match !== null && noneMatch !== null) throw malformed()
  if (noneMatch !== null) {
    if (noneMatch.trim() !== '*') throw malformed()
    return 'absent'
  }
  if (match === null) return undefined
  return match.trim() === '*' ? { exists: true } : { version: parseEtag(match) }
}

/** Whether a reader has this version already: `If-None-Match` of a read, compared weakly. */
export function isKnown(headers: Headers, version: number): boolean {
  const tags = (headers.get('if-none-match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return tags.includes(etagOf(version)) || tags.includes('*')
}

function parseEtag(text: string): number {
  const [, digits] = /^\s*"(\d{1,15})"\s*$/.exec(text) ?? []
  if (digits === undefined) throw malformed()
  return Number(digits)
}

function malformed(): HttpProblem {
  return new HttpProblem(
    400,
    'If-Match must be one ETag of this gateway or *, If-None-Match of a write must be *',
  )
}
