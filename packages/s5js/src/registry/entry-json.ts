import { fromBase64url, toBase64url } from '../bytes/base64url'
import { equalBytes } from '../bytes/bytes'
import { CorruptDataError } from '../errors/data-errors'
import type { RegistryEntry } from './entry'
import { verifyRegistryEntry } from './sign-entry'

/** The form that portals take and give over HTTP. */
export function entryToJson({ pk, revision, data, signature }: RegistryEntry): string {
  return JSON.stringify({
    pk: toBase64url(pk),
    revision,
    data: toBase64url(data),
    signature: toBase64url(signature),
  })
}

/**
 * The entry a portal sent, its key and signature verified.
 * @throws CorruptDataError
 */
export async function entryFromJson(value: unknown, expectedPk: Uint8Array): Promise<RegistryEntry> {
  const entry = readEntry(value)
  if (entry === undefined || !equalBytes(entry.pk, expectedPk)) {
    throw new CorruptDataError('The portal sent no registry entry of this public key')
  }
  if (!(await verifyRegistryEntry(entry))) {
    throw new CorruptDataError('The portal sent a registry entry with a wrong signature')
  }
  return entry
}

function readEntry(value: unknown): RegistryEntry | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const revision: unknown = Reflect.get(value, 'revision')
  const [pk, data, signature] = ['pk', 'data', 'signature'].map((name) => readBytes(Reflect.get(value, name)))
  if (typeof revision !== 'number' || !pk || !data || !signature) return undefined
  return { pk, revision, data, signature }
}

function readBytes(value: unknown): Uint8Array | undefined {
  return typeof value === 'string' ? fromBase64url(value) : undefined
}
