import { createRandom } from '@s5-conversations/sdk-core/testing'

export interface FuzzRequest {
  method: string
  path: string
  headers: Record<string, string>
  body: string | undefined
}

const VALUES = [
  null,
  true,
  -1,
  0.5,
  1e21,
  '',
  ' ',
  '\u0000',
  '\ud800',
  'x'.repeat(3000),
  [],
  {},
  [[]],
  '__proto__',
  '../..',
  '0',
  { $bytes: 'AA' },
  { __proto__: null, constructor: 1 },
  Number.MAX_SAFE_INTEGER,
  '"1"',
  '<script>',
] as const
const HEADERS = [
  'if-match',
  'if-none-match',
  'idempotency-key',
  'content-type',
  'last-event-id',
  'origin',
  'x-signature',
  'x-timestamp',
  'x-telegram-bot-api-secret-token',
  'accept',
  'cookie-x',
] as const
const HEADER_VALUES = [
  '"1"',
  '*',
  'W/"1"',
  '',
  'application/json',
  'text/plain',
  '"',
  '1',
  '-1',
  'sha256=',
  'NaN',
  'null',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-16',
  '"x","y"',
  'é',
] as const

/** Requests that are nearly right, the same for the same seed. */
export function createMutator(seed: number, originals: readonly FuzzRequest[]): () => FuzzRequest {
  const random = createRandom(seed)
  const below = (end: number) => Math.floor(random() * end)
  const pick = <T>(all: readonly T[]): T => all[below(all.length)] as T

  const mutateValue = (value: unknown, depth = 0): unknown => {
    if (random() < 0.15 + depth * 0.1) return pick(VALUES)
    if (Array.isArray(value)) return value.map((each) => mutateValue(each, depth + 1))
    if (typeof value !== 'object' || value === null) return random() < 0.1 ? pick(VALUES) : value
    const entries = Object.entries(value).filter(() => random() > 0.1)
    const mutated = entries.map(([name, each]) => [
      random() < 0.05 ? 'extra' : name,
      mutateValue(each, depth + 1),
    ])
    return Object.fromEntries(mutated)
  }
  const mutateText = (text: string): string => {
    const at = below(text.length + 1)
    const cut = below(4)
    return (
      text.slice(0, at) +
      pick(['', '"', '\\', '{', ']', '%', '\u2028', '../', '?', '/', '%2e%2e', '%00', '%ff', '\ufffd']) +
      text.slice(at + cut)
    )
  }
  const mutateBody = (body: string): string =>
    random() < 0.3 ? mutateText(body) : JSON.stringify(mutateValue(JSON.parse(body)))
  return () => {
    const { method, path, headers, body } = pick(originals)
    return {
      method: random() < 0.05 ? pick(['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS']) : method,
      path: random() < 0.2 ? `/${mutateText(path.slice(1))}`.replace(/[^\x21-\x7e]/g, '') : path,
      headers: { ...headers, ...(random() < 0.3 ? { [pick(HEADERS)]: pick(HEADER_VALUES) } : {}) },
      body: body === undefined ? undefined : mutateBody(body),
    }
  }
}
