import { concatBytes, fromLittleEndian, littleEndian } from '../bytes/bytes'
import { CorruptDataError } from '../errors/data-errors'
import type { RegistryEntry } from './entry'
import { entryFault, requireEntryShape } from './entry-shape'

const RECORD_TYPE = 0x07
const KEY_END = 34
const REVISION_END = KEY_END + 8
const DATA_START = REVISION_END + 1

/** The signed part: `07`, revision (8, little endian), data length (1), data. The key is not in it. */
export function signedBytes({ revision, data }: Pick<RegistryEntry, 'revision' | 'data'>): Uint8Array {
  return concatBytes(
    new Uint8Array([RECORD_TYPE]),
    littleEndian(revision, 8),
    new Uint8Array([data.length]),
    data,
  )
}

/** The wire form: `07`, key (33), revision (8), data length (1), data, signature (64). @throws InvalidInputError */
export function serializeRegistryEntry(entry: RegistryEntry): Uint8Array {
  requireEntryShape(entry)
  const signed = signedBytes(entry)
  return concatBytes(signed.subarray(0, 1), entry.pk, signed.subarray(1), entry.signature)
}

/** Checks the shape but not the signature: see `verifyRegistryEntry`. @throws CorruptDataError */
export function deserializeRegistryEntry(bytes: Uint8Array): RegistryEntry {
  const dataEnd = DATA_START + (bytes[REVISION_END] ?? 0)
  const entry = {
    pk: bytes.slice(1, KEY_END),
    revision: fromLittleEndian(bytes.subarray(KEY_END, REVISION_END)),
    data: bytes.slice(DATA_START, dataEnd),
    signature: bytes.slice(dataEnd),
  }
  const fault = bytes[0] === RECORD_TYPE ? entryFault(entry) : 'record type is not 7'
  if (fault !== undefined) throw new CorruptDataError(`Not a registry entry: ${fault}`)
  return entry
}
