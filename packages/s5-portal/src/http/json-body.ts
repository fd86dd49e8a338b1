import type { IncomingMessage } from 'node:http'
import { decodeBase64Url } from '../codec/base64url'
import { concatBytes } from '../codec/bytes'
import { HttpProblem } from './problem'

const MAX_BODY_BYTES = 16 * 1024

export type JsonObject = Readonly<Record<string, unknown>>

/**
 * Reads a JSON object of at most 16 KiB.
 *
 * @throws HttpProblem 413 when there is more, 400 when it is not an object or was cut short
 */
export async function readJsonObject(incoming: IncomingMessage): Promise<JsonObject> {
  const text = new TextDecoder().decode(await readBounded(incoming))
  const value = parseJson(text)
  if (typeof value !== 'object' || value === null)
    throw new HttpProblem(400, 'The body must be a JSON object')
  return value as JsonObject
}

/** @throws HttpProblem 400 when the member is not base64url text. */
export function bytesMember(body: JsonObject, name: string): Uint8Array {
  const value = body[name]
  const bytes = typeof value === 'string' ? decodeBase64Url(value) : undefined
  if (bytes === undefined) throw new HttpProblem(400, `${name} must be base64url text`)
  return bytes
}

async function readBounded(incoming: IncomingMessage): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of bodyPieces(incoming)) {
    size += piece.length
    if (size > MAX_BODY_BYTES) throw new HttpProblem(413, `The body is larger than ${MAX_BODY_BYTES} bytes`)
    pieces.push(piece)
  }
  return concatBytes(...pieces)
}

/**
 * The body of a request. Leaving it early does not close the connection, so that the answer can be sent.
 *
 * @throws HttpProblem 400 when the client goes away before the end
 */
export async function* bodyPieces(incoming: IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    yield* incoming.iterator({ destroyOnReturn: false })
  } catch (cause) {
    throw new HttpProblem(400, 'The request was cut short', { cause })
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new HttpProblem(400, 'The body is not JSON')
  }
}
