import { decodeHead, decodeSegment, encodeHead, encodeSegment, type Head } from '../conversation/head'
import type { StoredRecord } from '../conversation/record'
import { randomBytes } from '../crypto/platform'
import { CorruptRecordError } from '../errors/storage-errors'
import type { SealedBytes } from './database'
import type { DeviceVault } from './device-vault'

const SALT_BYTES = 16

/** A head without its records, which lie in rows of their own. */
export function sealHead(vault: DeviceVault, head: Head): Promise<SealedBytes> {
  const bytes = encodeHead({ ...head, tail: [], segments: [] }, randomBytes(SALT_BYTES))
  return vault.seal(placeOf('head', head.id), new Uint8Array(bytes))
}

/** @throws CorruptRecordError, DecryptionFailedError */
export async function openHead(vault: DeviceVault, id: string, sealed: SealedBytes): Promise<Head> {
  return decodeHead(await vault.open(placeOf('head', id), sealed), id)
}

export function sealRecord(vault: DeviceVault, id: string, record: StoredRecord): Promise<SealedBytes> {
  const bytes = encodeSegment({ id, epoch: 0, name: record.id }, [record], randomBytes(SALT_BYTES))
  return vault.seal(placeOf('message', id, record.id), new Uint8Array(bytes))
}

/** @throws CorruptRecordError, DecryptionFailedError */
export async function openRecord(
  vault: DeviceVault,
  id: string,
  name: string,
  sealed: SealedBytes,
): Promise<StoredRecord> {
  const [record] = decodeSegment(await vault.open(placeOf('message', id, name), sealed), id, name)
  if (record === undefined) throw new CorruptRecordError('a message row is empty')
  return record
}

/** What a sealed row is bound to. No id holds a control character. */
export function placeOf(kind: 'head' | 'message' | 'outbox', ...ids: string[]): string {
  return [kind, ...ids].join('\n')
}
