import type { IncomingMessage } from 'node:http'
import { BlobTooLargeError, type ByteSource } from '../blobs/blob-store'
import { formatBlobId } from '../codec/blob-id'
import { requireAccount } from './account-guard'
import { bodyPieces } from './json-body'
import { multipartFile } from './multipart-file'
import type { PortalContext, PortalParts } from './portal-parts'
import { HttpProblem } from './problem'
import { tooMany } from './throttle'

/** More than any client needs around one file in a multipart form. */
const MAX_FRAMING_BYTES = 64 * 1024

/** `POST upload`: stores one blob and pins it for the account; both are durable before the answer. */
export async function uploadBlob(context: PortalContext, parts: PortalParts): Promise<Response> {
  const account = requireAccount(context, parts)
  const { incoming } = context.env
  refuseAnnouncedExcess(incoming, parts.maxUploadBytes)
  const end = parts.gate.beginUpload(incoming.socket.remoteAddress)
  if (end === undefined) throw tooMany('Too many uploads at once', 1_000, parts.counters)
  const { hash, size } = await parts.blobs
    .upload(account, openBody(incoming), parts.maxUploadBytes)
    .catch(throwAsProblem)
    .finally(end)
  parts.blobExchange.announce(hash)
  parts.counters.add('uploads')
  parts.counters.add('uploadedBytes', size)
  return context.json({ cid: formatBlobId(hash, size) })
}

function openBody(incoming: IncomingMessage): ByteSource {
  const [mediaType] = (incoming.headers['content-type'] ?? '').toLowerCase().split(';')
  switch (mediaType?.trim()) {
    case 'multipart/form-data':
      return multipartFile(incoming)
    case 'application/octet-stream':
      return bodyPieces(incoming)
    default:
      throw new HttpProblem(415, 'Upload a multipart/form-data or an application/octet-stream body')
  }
}

function refuseAnnouncedExcess(incoming: IncomingMessage, maxUploadBytes: number): void {
  const announced = Number(incoming.headers['content-length'] ?? 0)
  if (announced > maxUploadBytes + MAX_FRAMING_BYTES) throw tooLarge(maxUploadBytes)
}

function throwAsProblem(error: unknown): never {
  throw error instanceof BlobTooLargeError ? tooLarge(error.maxBytes) : error
}

function tooLarge(maxBytes: number): HttpProblem {
  return new HttpProblem(413, `A blob may have at most ${maxBytes} bytes here`)
}
