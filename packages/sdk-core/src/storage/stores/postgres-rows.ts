import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import type { ChangeOutcome } from '../../conversation/batch'
import type { DagValue } from '../../conversation/codec'
import type { Head, Receipt, Register } from '../../conversation/head'
import type { StoredRecord } from '../../conversation/record'
import { type ConversationState, emptyHead, registerValue } from '../../conversation/state'
import type { ConversationSummary, Scheme } from '../../conversation/types'
import { mapInParallel } from '../map-in-parallel'
import {
  openBody,
  openFields,
  RECORDS_AT_ONCE,
  type RowKeys,
  type StoredFields,
  sealValue,
} from './postgres-codec'

/** The columns of a conversation, in every row that its messages come with or in one alone. */
export const HEAD_COLUMNS = `c.version AS head_version, c.checksum, c.encrypted, c.deleted, c.message_count,
  floor(extract(epoch FROM c.last_modified) * 1000)::FLOAT8 AS updated_at, c.created_at::FLOAT8 AS created_at, c.session_epoch::FLOAT8 AS session_epoch, c.receipts`
/** The fields may be large: the first row has them, the others do not. */
export const FIELD_COLUMNS = `CASE WHEN row_number() OVER (ORDER BY m.sequence) = 1 THEN jsonb_build_object(
  'title', c.title, 'metadata', c.metadata, 'removed', c.removed_fields) END AS fields,
  CASE WHEN row_number() OVER (ORDER BY m.sequence) = 1 THEN c.sealed END AS sealed_fields`
export const MESSAGE_COLUMNS = 'm.sequence::FLOAT8 AS sequence, m.id, m.version, m.body, m.sealed'

const UPDATED_AT = 'floor(extract(epoch FROM last_modified) * 1000)::FLOAT8 AS updated_at'
export const LISTED_COLUMNS = `id, version, created_at::FLOAT8 AS created_at, message_count, encrypted, cursor, ${UPDATED_AT},
  sealed, jsonb_build_object('title', title, 'metadata', metadata, 'removed', '{}'::TEXT[]) AS body`
export const VERSION_COLUMNS = `version, checksum, message_count, ${UPDATED_AT}`

export interface VersionRow {
  version: number
  checksum: string
  message_count: number
  updated_at: number
}

export interface ListedRow {
  id: string
  version: number
  created_at: number
  updated_at: number
  message_count: number
  encrypted: boolean
  cursor: string
  body: unknown
  sealed: unknown
}

/** A row of a query with the columns above; the message's are null in a conversation without any. */
export interface JoinedRow {
  head_version: number
  checksum: string
  encrypted: boolean
  deleted: boolean
  message_count: number
  updated_at: number
  created_at: number
  session_epoch: number
  receipts: [key: string, input: string, version: number][]
  fields: unknown
  sealed_fields: unknown
  sequence: number | null
  id: string
  version: number
  body: unknown
  sealed: unknown
}

/** What was read of one version; without a scheme there is none yet. */
export interface PostgresState extends ConversationState {
  checksum: string
  scheme: Scheme | undefined
}

/** @throws as opening a record does */
export async function toState(
  id: string,
  rows: readonly JoinedRow[],
  keysFor: (scheme: Scheme) => RowKeys,
): Promise<PostgresState> {
  const [first] = rows
  if (first === undefined) return { head: emptyHead(id), sealed: new Map(), checksum: '', scheme: undefined }
  const scheme = first.encrypted ? 'xsalsa20-poly1305' : 'plain'
  const rowKeys = keysFor(scheme)
  const messages = rows.filter(({ sequence }) => sequence !== null)
  const tail = await mapInParallel(messages, RECORDS_AT_ONCE, (row) => toRecord(row, rowKeys))
  return { sealed: new Map(), checksum: first.checksum, scheme, head: await toHead(id, first, tail, rowKeys) }
}

/** @throws as opening a record does */
export async function toSummary(row: ListedRow, rowKeys: RowKeys): Promise<ConversationSummary> {
  const { title } = await openFields(row, rowKeys)
  return {
    id: row.id,
    ...(title === null ? {} : { title }),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version: row.version,
    messageCount: row.message_count,
    encrypted: row.encrypted,
  }
}

async function toHead(
  id: string,
  row: JoinedRow,
  tail: readonly StoredRecord[],
  rowKeys: RowKeys,
): Promise<Head> {
  const isEmpty = row.deleted || row.head_version === 0
  return {
    ...emptyHead(id),
    version: row.head_version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    messageCount: row.message_count,
    sessionEpoch: row.session_epoch,
    tail,
    receipts: { from: 1, entries: row.receipts.map(toReceipt) },
    ...(isEmpty
      ? {}
      : toRegisters(await openFields({ body: row.fields, sealed: row.sealed_fields }, rowKeys))),
    ...(row.deleted ? { deleted: true } : {}),
  }
}

async function toRecord(row: JoinedRow, rowKeys: RowKeys): Promise<StoredRecord> {
  const { id, version } = row
  const place = { id, order: row.sequence ?? 0, device: '', version }
  const body = await openBody(id, row, rowKeys)
  if (body === undefined) return { ...place, stamp: 0, deleted: true }
  const { createdAt, editedAt } = body as { createdAt: number; editedAt?: number }
  return { ...place, stamp: editedAt ?? createdAt, body }
}

/** Times and writers of fields decide merges; a database has nothing to merge. */
function toRegisters({ title, metadata, removed }: StoredFields): Pick<Head, 'title' | 'fields'> {
  const live = Object.entries(metadata).map(([name, value]): [string, Register] => [name, [value, 0, '']])
  const gone = removed.map((name): [string, Register] => [name, [0, '']])
  return { title: title === null ? null : [title, 0, ''], fields: Object.fromEntries([...live, ...gone]) }
}

function toFields({ title, fields }: Head): StoredFields {
  const values = Object.entries(fields).map(([name, register]) => [name, registerValue(register)] as const)
  return {
    title: (registerValue(title ?? undefined) ?? null) as string | null,
    metadata: Object.fromEntries(
      values.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
    ),
    removed: values.flatMap(([name, value]) => (value === undefined ? [name] : [])),
  }
}

/** `p_state` of `commit_conversation`: what `next` has that `base` has not. */
export async function toCommit(
  base: PostgresState,
  next: ConversationState,
  outcomes: readonly ChangeOutcome[],
  rowKeys: RowKeys,
): Promise<object> {
  const { head } = next
  const isRewrite = base.scheme !== undefined && base.scheme !== rowKeys.scheme
  const written = head.tail.filter(({ version }) => isRewrite || version > base.head.version)
  const fields = toFields(head)
  const sealed = await sealValue('fields', '', fields, rowKeys)
  return {
    ...(sealed === undefined ? { title: fields.title, metadata: fields.metadata } : { sealed, metadata: {} }),
    removedFields: sealed === undefined ? fields.removed : [],
    encrypted: rowKeys.scheme !== 'plain',
    ...(head.createdAt === 0 ? {} : { createdAt: head.createdAt }),
    sessionEpoch: head.sessionEpoch,
    keep: appliedOf(outcomes).some(({ delta }) => delta.keepsPrevious === true),
    delete: head.deleted === true,
    messages: await mapInParallel(written, RECORDS_AT_ONCE, (record) => toItem(record, rowKeys)),
    receipts: appliedOf(outcomes).flatMap(({ delta }) =>
      delta.receipt === undefined ? [] : [[bytesToHex(delta.receipt[0]), bytesToHex(delta.receipt[1])]],
    ),
  }
}

/** One message as the SQL functions take it. */
export async function toItem(
  { id, version, body }: Pick<StoredRecord, 'id' | 'version' | 'body'>,
  rowKeys: RowKeys,
): Promise<object> {
  if (body === undefined) return { id, version, deleted: true }
  const sealed = await sealValue('message', id, body, rowKeys)
  return sealed === undefined
    ? { ...(body as { [name: string]: DagValue }), id, version }
    : { id, version, sealed }
}

function appliedOf(outcomes: readonly ChangeOutcome[]) {
  return outcomes.flatMap((outcome) => ('applied' in outcome ? [outcome.applied] : []))
}

function toReceipt([key, input, version]: [string, string, number]): Receipt {
  return [hexToBytes(key), hexToBytes(input), version]
}
