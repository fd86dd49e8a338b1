import { concatBytes } from '@noble/hashes/utils.js'
import { CorruptRecordError } from '../errors/storage-errors'
import { nodeModule } from './platform'

interface NodeZlib {
  deflateRawSync(data: Uint8Array, options: { windowBits?: number; memLevel?: number }): Uint8Array
  inflateRawSync(data: Uint8Array, options: { maxOutputLength: number }): Uint8Array
}

const zlib = nodeModule<NodeZlib>('node:zlib')
/** Most records fit into a window of 4 KiB: setting up the usual 256 KiB takes longer than deflating them. */
const SMALL_BYTES = 4096
const SMALL_WINDOW = { windowBits: 12, memLevel: 5 }

/** Raw DEFLATE (RFC 1951). */
export async function deflateRaw(data: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  if (zlib !== undefined) return zlib.deflateRawSync(data, data.length <= SMALL_BYTES ? SMALL_WINDOW : {})
  return collect(through(data, new CompressionStream('deflate-raw')), Number.POSITIVE_INFINITY)
}

/**
 * The inverse of {@link deflateRaw}; stops as soon as more than `size` bytes come out.
 * @throws CorruptRecordError unless exactly `size` bytes come out.
 */
export async function inflateRaw(data: Uint8Array, size: number): Promise<Uint8Array> {
  const inflated = await inflateAtMost(data, size)
  if (inflated.length !== size) throw new CorruptRecordError('a record is shorter than it declares')
  return inflated
}

async function inflateAtMost(data: Uint8Array, size: number): Promise<Uint8Array> {
  try {
    if (zlib !== undefined) return zlib.inflateRawSync(data, { maxOutputLength: Math.max(size, 1) })
    return await collect(through(new Uint8Array(data), new DecompressionStream('deflate-raw')), size)
  } catch (cause) {
    throw new CorruptRecordError('a record does not inflate to its declared size', cause)
  }
}

function through(data: Uint8Array<ArrayBuffer>, transform: CompressionStream | DecompressionStream) {
  return new Blob([data]).stream().pipeThrough(transform)
}

async function collect(stream: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of stream) {
    length += chunk.length
    if (length > maxBytes) throw new RangeError(`more than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return concatBytes(...chunks)
}
