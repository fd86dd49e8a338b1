import { isObject } from '../wire/messages'
import { HttpProblem } from './problem'

/** The body of a request, at most `maxBytes` of it. @throws HttpProblem 413, or 400 where it was cut short */
export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  refuseLarge(Number(request.headers.get('content-length') ?? 0), maxBytes)
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of piecesOf(request)) {
    size += piece.length
    refuseLarge(size, maxBytes)
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/** @throws HttpProblem 413, 415 unless the body says that it is JSON, 400 unless it is an object of it */
export async function readJson(request: Request, maxBytes: number): Promise<Record<string, unknown>> {
  const [type] = (request.headers.get('content-type') ?? '').split(';')
  if (type?.trim().toLowerCase() !== 'application/json') {
    throw new HttpProblem(415, 'The body must be application/json')
  }
  return parseJson(await readBody(request, maxBytes))
}

/** @throws HttpProblem 400 unless the bytes are a JSON object in UTF-8 */
export function parseJson(bytes: Uint8Array): Record<string, unknown> {
  const value = parse(bytes)
  if (!isObject(value)) throw new HttpProblem(400, 'The body must be a JSON object')
  return value
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new HttpProblem(400, 'The body is not JSON')
  }
}

async function* piecesOf({ body }: Request): AsyncGenerator<Uint8Array> {
  if (body === null) return
  try {
    yield* body
  } catch {
    throw new HttpProblem(400, 'The request was cut short')
  }
}

function refuseLarge(size: number, maxBytes: number): void {
  if (size > maxBytes) throw new HttpProblem(413, `The body is larger than ${maxBytes} bytes`)
}
