import { InvalidInputError } from '../errors/input-errors'

/** A file to be imported: at once, or piece by piece. */
export type ImportData =
  | string
  | Uint8Array
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<string | Uint8Array>

/** Largest piece handed on, in bytes: what is found in one piece is held at once. */
const PIECE_BYTES = 64 * 1024

/**
 * The bytes of `data` in UTF-8, in pieces of at most 64 KiB. A byte order mark is taken off; UTF-16 that has one
 * is translated. Ends the stream that `data` is when the caller stops early.
 * @throws InvalidInputError where `data` is none of {@link ImportData}
 */
export async function* readUtf8(data: ImportData): AsyncGenerator<Uint8Array> {
  for await (const chunk of toUtf8(encodeStrings(chunksOf(data)))) {
    for (let start = 0; start < chunk.length; start += PIECE_BYTES) {
      yield chunk.subarray(start, start + PIECE_BYTES)
    }
  }
}

function chunksOf(data: ImportData): AsyncIterable<unknown> | Iterable<unknown> {
  if (typeof data === 'string') return slicesOf(data)
  if (data instanceof Uint8Array) return [data]
  if (data instanceof Blob) return readStream(data.stream())
  if (data instanceof ReadableStream) return readStream(data)
  if (typeof data === 'object' && data !== null && Symbol.asyncIterator in data) return data
  throw new InvalidInputError('data', 'must be a text, bytes, a Blob, or a stream of them')
}

function* slicesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length; start += PIECE_BYTES) yield text.slice(start, start + PIECE_BYTES)
}

// Not every browser can iterate a ReadableStream.
async function* readStream(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    await reader.cancel()
  }
}

async function* encodeStrings(
  chunks: AsyncIterable<unknown> | Iterable<unknown>,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  let half = ''
  for await (const chunk of chunks) {
    if (chunk instanceof Uint8Array) yield chunk
    else if (typeof chunk === 'string') {
      const text = half + chunk
      half = /[\ud800-\udbff]$/.exec(text)?.[0] ?? ''
      yield encoder.encode(text.slice(0, text.length - half.length))
    } else throw new InvalidInputError('data', 'must consist of texts or bytes')
  }
  yield encoder.encode(half)
}

async function* toUtf8(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let start: Uint8Array | undefined = new Uint8Array()
  let decoder: TextDecoder | undefined
  const translate = (chunk: Uint8Array, isLast: boolean) =>
    decoder === undefined ? chunk : new TextEncoder().encode(decoder.decode(chunk, { stream: !isLast }))
  for await (const chunk of chunks) {
    const bytes: Uint8Array = start === undefined ? chunk : concat(start, chunk)
    if (start !== undefined && bytes.length < LONGEST_MARK) {
      start = bytes
      continue
    }
    const mark = start && markOf(bytes)
    if (mark !== undefined && mark.encoding !== 'utf-8') decoder = new TextDecoder(mark.encoding)
    start = undefined
    yield translate(bytes.subarray(mark?.bytes.length ?? 0), false)
  }
  yield translate(start ?? new Uint8Array(), true)
}

/** The byte order marks of the Unicode Standard, section 23.8. */
const MARKS = [
  { encoding: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
]
const LONGEST_MARK = 3

function markOf(bytes: Uint8Array) {
  return MARKS.find((mark) => mark.bytes.every((byte, i) => bytes[i] === byte))
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}
