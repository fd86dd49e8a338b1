import { bytesToHex } from '@noble/hashes/utils.js'
import * as z from 'zod/mini'
import { type DagValue, decodeDagCbor, encodeDagCbor } from '../../conversation/codec'
import { MESSAGE_ROLES, type Scheme } from '../../conversation/types'
import { readRecord, writeRecord } from '../../crypto/envelope'
import type { ConversationKeys, RecordKind } from '../../crypto/keys'
import { NotAuthenticatedError } from '../../errors/identity-errors'
import { CorruptRecordError } from '../../errors/storage-errors'

/** How many records are sealed or opened at a time. */
export const RECORDS_AT_ONCE = 32

/** What lies in a row: a readable value, an envelope, or neither. */
export interface StoredValue {
  body: unknown
  sealed: unknown
}

/** How to keep the records of one conversation; without keys only readable ones can be written and read. */
export interface RowKeys {
  scheme: Scheme
  keys: ConversationKeys | undefined
}

const bodySchema = z.looseObject({
  role: z.enum(MESSAGE_ROLES),
  content: z.union([z.string(), z.array(z.looseObject({ type: z.string() }))]),
  createdAt: z.number(),
})
const fieldsSchema = z.object({
  title: z.nullable(z.string()),
  metadata: z.record(
    z.string(),
    z.custom<DagValue>((value) => value !== undefined),
  ),
  removed: z.array(z.string()),
})

/** Title and metadata of a conversation, and the names of the fields that were taken away. */
export type StoredFields = z.output<typeof fieldsSchema>

/** The envelope of `value`, in hex; `undefined` where it is to lie readable in its columns. */
export async function sealValue(
  kind: RecordKind,
  name: string,
  value: DagValue,
  rowKeys: RowKeys,
): Promise<string | undefined> {
  if (rowKeys.scheme === 'plain' && isJson(value)) return undefined
  const key = keyOf(kind, name, rowKeys)
  return bytesToHex(await writeRecord(kind, encodeDagCbor(value), rowKeys.scheme, key))
}

/**
 * The body of a message; `undefined` of a deleted one.
 * @throws CorruptRecordError, DecryptionFailedError, UnsupportedFormatError
 */
export async function openBody(
  name: string,
  row: StoredValue,
  rowKeys: RowKeys,
): Promise<DagValue | undefined> {
  if (row.body === null && row.sealed === null) return undefined
  const value = await openValue('message', name, row, rowKeys)
  if (!bodySchema.safeParse(value).success) throw new CorruptRecordError('a stored message is malformed')
  return value as DagValue
}

/** Where none were ever given, a sealed conversation has none to open. @throws as {@link openBody} */
export async function openFields(row: StoredValue, rowKeys: RowKeys): Promise<StoredFields> {
  const readable = fieldsSchema.safeParse(row.body)
  if (row.sealed === null && readable.success && isEmpty(readable.data)) return readable.data
  const result = fieldsSchema.safeParse(await openValue('fields', '', row, rowKeys))
  if (!result.success) throw new CorruptRecordError('the stored fields are malformed')
  return result.data
}

function isEmpty({ title, metadata, removed }: StoredFields): boolean {
  return title === null && Object.keys(metadata).length === 0 && removed.length === 0
}

async function openValue(
  kind: RecordKind,
  name: string,
  { body, sealed }: StoredValue,
  rowKeys: RowKeys,
): Promise<unknown> {
  if (!(sealed instanceof Uint8Array)) {
    if (rowKeys.scheme !== 'plain')
      throw new CorruptRecordError('a readable row is in the place of a sealed one')
    return body
  }
  const { scheme, payload } = await readRecord(kind, sealed, keyOf(kind, name, rowKeys))
  if (scheme !== rowKeys.scheme)
    throw new CorruptRecordError(`a ${scheme} row is in a ${rowKeys.scheme} conversation`)
  return decodeDagCbor(payload)
}

function keyOf(kind: RecordKind, name: string, { scheme, keys }: RowKeys): Uint8Array {
  if (keys !== undefined) return keys.recordKey(kind, name)
  if (scheme === 'plain') return new Uint8Array()
  throw new NotAuthenticatedError('sealing takes a seedPhrase: give one, or save with encrypt: false')
}

/** What JSONB holds: no bytes, and no NUL in a text. */
function isJson(value: DagValue): boolean {
  let hasBytes = false
  const text = JSON.stringify(value, (_, each: unknown) => {
    hasBytes ||= each instanceof Uint8Array
    return each
  })
  return !hasBytes && !text.includes('\\u0000')
}
