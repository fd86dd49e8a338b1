import type { ConversationChange } from '../conversation/change'
import { type DagValue, decodeDagCbor, encodeDagCbor } from '../conversation/codec'
import { CorruptRecordError, UnsupportedFormatError } from '../errors/storage-errors'

const FORMAT = 1

/** The changes of one commit as bytes: a replay asks for exactly the same. */
export function encodeChanges(changes: readonly ConversationChange[]): Uint8Array<ArrayBuffer> {
  return encodeDagCbor({ format: FORMAT, changes: changes as unknown as DagValue })
}

/**
 * What {@link encodeChanges} was given; only bytes that this device has sealed come here.
 * @throws UnsupportedFormatError where a newer SDK has written them, CorruptRecordError
 */
export function decodeChanges(bytes: Uint8Array): ConversationChange[] {
  const { format, changes } = decodeDagCbor(bytes) as { format?: unknown; changes?: unknown }
  if (format !== FORMAT) throw new UnsupportedFormatError(format)
  if (!Array.isArray(changes)) throw new CorruptRecordError('an outbox row holds no changes')
  return changes as ConversationChange[]
}
