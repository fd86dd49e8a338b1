import { IdempotencyKeyReusedError, InvalidInputError } from '../errors/input-errors'
import { ConversationDeletedError } from '../errors/storage-errors'
import type { AppliedChange, ConversationChange } from './change'
import { isSameBytes } from './codec'
import { applyFields } from './field-changes'
import type { Head, Receipt } from './head'
import { applyDeletions, applyEdits, applyMessages, deletionsOf } from './message-changes'
import type { StoredRecord } from './record'
import { type CommitContext, type ConversationState, findRecord, type StateDelta } from './state'
import { LaterSession, VersionMismatch } from './unmet-condition'

/**
 * Applies a change to a state. Pure: the same input gives the same delta, on any base it is rebased on.
 * Precondition: the segments that may hold what the change names were read.
 * @throws UnmetCondition, ConversationDeletedError, IdempotencyKeyReusedError, InvalidInputError
 */
export function applyChange(
  state: ConversationState,
  change: ConversationChange,
  context: CommitContext,
): AppliedChange {
  const { head } = state
  if (head.deleted === true) return refuseDeleted(head, change)
  const messageIds = change.messages.map(({ message }) => message.id)
  const receipt = findReceipt(state, change)
  if (receipt !== undefined) return { delta: NOTHING, messageIds, ignored: [], replayOf: receipt[2] }
  refuseUnmetConditions(state, change)
  if (change.kind === 'delete') return { delta: DELETION, messageIds, ignored: [] }
  const ignored: string[] = []
  const records = [
    ...applyMessages(state, change, ignored, context),
    ...applyEdits(state, change.edits ?? [], context),
    ...applyDeletions(state, deletionsOf(state, change), context),
  ]
  const fields = applyFields(state, change, ignored, context)
  if (records.length > 0 || setsField(fields)) refuseLaterSession(state, change)
  const replayOf = records.length === 0 ? replayedVersion(state, change, fields) : undefined
  return {
    messageIds,
    ignored,
    ...(replayOf === undefined ? {} : { replayOf }),
    delta: {
      records,
      added: records.reduce((sum, record) => sum + liveDifference(state, record), 0),
      ...fields,
      ...(change.createdAt === undefined ? {} : { createdAt: change.createdAt }),
      ...(change.idempotency === undefined
        ? {}
        : { receipt: receiptOf(change.idempotency, head.version + 1) }),
      ...(change.session === undefined ? {} : { sessionEpoch: change.session.epoch }),
      keepsPrevious: change.kind === 'overwrite' || change.deletions !== undefined,
    },
  }
}

const NOTHING: StateDelta = { records: [], added: 0 }
const DELETION: StateDelta = { ...NOTHING, deletesAll: true }

function refuseDeleted(head: Head, { kind }: ConversationChange): AppliedChange {
  if (kind !== 'delete') throw new ConversationDeletedError(head.id)
  return { delta: NOTHING, messageIds: [], ignored: [], replayOf: head.version }
}

function findReceipt({ head }: ConversationState, change: ConversationChange): Receipt | undefined {
  const { idempotency } = change
  if (idempotency === undefined) return undefined
  const receipt = head.receipts.entries.find(([key]) => isSameBytes(key, idempotency.key))
  if (receipt !== undefined && !isSameBytes(receipt[1], idempotency.input)) {
    throw new IdempotencyKeyReusedError('this idempotency key')
  }
  return receipt
}

function receiptOf({ key, input }: { key: Uint8Array; input: Uint8Array }, version: number): Receipt {
  return [key, input, version]
}

function refuseUnmetConditions({ head }: ConversationState, change: ConversationChange): void {
  const exists = head.version > 0
  if (!exists && (change.kind === 'alter' || change.kind === 'delete'))
    throw new InvalidInputError('conversationId', 'does not exist')
  const { expectedVersion, session } = change
  if (session?.begins === true && session.epoch <= head.sessionEpoch) throw new LaterSession(session)
  if (exists && expectedVersion !== undefined && expectedVersion !== head.version) {
    throw new VersionMismatch(expectedVersion)
  }
}

/** Asked only of what is still to be written: a change that landed before the session ended is a replay. */
function refuseLaterSession({ head }: ConversationState, { session }: ConversationChange): void {
  if (session !== undefined && session.epoch < head.sessionEpoch) throw new LaterSession(session)
}

function liveDifference(state: ConversationState, record: StoredRecord): number {
  const stored = findRecord(state, record.id)
  const wasLive = stored !== undefined && stored.deleted !== true
  return Number(record.deleted !== true) - Number(wasLive)
}

/** Where nothing is left to do: the version that did it. A save of a whole conversation always makes a version. */
function replayedVersion(
  state: ConversationState,
  change: ConversationChange,
  fields: Pick<StateDelta, 'title' | 'fields'>,
): number | undefined {
  if (change.kind === 'append') {
    const versions = change.messages.map(({ message }) => findRecord(state, message.id)?.version ?? 0)
    return Math.max(...versions)
  }
  const isUnchanged = !setsField(fields) && change.session?.begins !== true
  return change.kind === 'alter' && isUnchanged ? state.head.version : undefined
}

function setsField({ title, fields }: Pick<StateDelta, 'title' | 'fields'>): boolean {
  return title !== undefined || Object.keys(fields ?? {}).length > 0
}
