import type { OpenBlob } from '../blobs/blob-store'
import { parseBlobHash } from '../codec/blob-id'
import { requireAccount } from './account-guard'
import { type ByteRange, parseByteRange } from './byte-range'
import type { PortalContext, PortalParts } from './portal-parts'
import { HttpProblem } from './problem'

/** `GET` and `HEAD blob/<cid>`: the bytes of a blob, or one range of them (RFC 9110, section 14). */
export async function getBlob(context: PortalContext, parts: PortalParts): Promise<Response> {
  const hash = requireBlobHash(context)
  const blob = await parts.blobExchange.open(hash)
  if (blob === undefined) throw blobNotFound()
  const headers = blobHeaders(hash)
  if (context.req.method === 'HEAD') return answerHead(blob, headers)
  const range = requestedRange(context, blob.size, headers.etag)
  if (range === 'unsatisfiable') return refuseRange(blob)
  return serveBlob(blob, range, headers, parts)
}

/** `POST pin/<cid>`: keeps a blob that is already here, or at a peer, for the account too. */
export async function pinBlob(context: PortalContext, parts: PortalParts): Promise<Response> {
  const account = requireAccount(context, parts)
  const hash = requireBlobHash(context)
  await parts.blobExchange.obtain(hash)
  const isPinned = await parts.blobs.pin(account, hash)
  if (!isPinned) throw blobNotFound()
  parts.blobExchange.announce(hash)
  return context.body(null, 204)
}

/** `DELETE delete/<cid>`: the account does not want the blob any more; the last account takes it along. */
export async function unpinBlob(context: PortalContext, parts: PortalParts): Promise<Response> {
  const account = requireAccount(context, parts)
  const wasPinned = await parts.blobs.unpin(account, requireBlobHash(context))
  if (!wasPinned) throw new HttpProblem(404, 'This account does not pin the blob')
  return context.body(null, 204)
}

function requireBlobHash(context: PortalContext): Uint8Array {
  const hash = parseBlobHash(context.req.param('cid') ?? '')
  if (hash === undefined) throw new HttpProblem(400, 'This is not a blob id')
  return hash
}

function blobNotFound(): HttpProblem {
  return new HttpProblem(404, 'Blob not found')
}

/** A name stands for the same bytes for ever, and the bytes are anybody's: browsers must not guess at them. */
function blobHeaders(hash: Uint8Array) {
  return {
    'content-type': 'application/octet-stream',
    'accept-ranges': 'bytes',
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    etag: `"${Buffer.from(hash).toString('hex')}"`,
  }
}

function requestedRange(
  context: PortalContext,
  size: number,
  etag: string,
): ByteRange | 'unsatisfiable' | undefined {
  const condition = context.req.header('if-range')
  const isCurrent = condition === undefined || condition === etag
  return isCurrent ? parseByteRange(context.req.header('range'), size) : undefined
}

async function answerHead(blob: OpenBlob, headers: Record<string, string>): Promise<Response> {
  await blob.close()
  return new Response(null, { headers: { ...headers, 'content-length': `${blob.size}` } })
}

async function refuseRange(blob: OpenBlob): Promise<never> {
  await blob.close()
  const headers = { 'content-range': `bytes */${blob.size}` }
  throw new HttpProblem(416, 'The blob does not have these bytes', { headers })
}

function serveBlob(
  blob: OpenBlob,
  range: ByteRange | undefined,
  headers: Record<string, string>,
  { counters }: PortalParts,
): Response {
  const { start, end } = range ?? { start: 0, end: blob.size }
  const length = { ...headers, 'content-length': `${end - start}` }
  counters.add('blobReads')
  counters.add('servedBytes', end - start)
  if (range === undefined) return new Response(blob.stream(start, end), { headers: length })
  const contentRange = `bytes ${start}-${end - 1}/${blob.size}`
  return new Response(blob.stream(start, end), {
    status: 206,
    headers: { ...length, 'content-range': contentRange },
  })
}
