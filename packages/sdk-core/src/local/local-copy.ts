import { applyBatch, type ChangeOutcome, hasEffect } from '../conversation/batch'
import { type ConversationChange, schemeAfter } from '../conversation/change'
import type { DagValue } from '../conversation/codec'
import { digestOf } from '../conversation/codec'
import type { Head } from '../conversation/head'
import { compareRecords, messageBody, type StoredRecord } from '../conversation/record'
import {
  advance,
  type CommitContext,
  type ConversationState,
  emptyHead,
  knownRecords,
} from '../conversation/state'
import type { Conversation, Message, Scheme } from '../conversation/types'

/** What this device keeps of a conversation. All its records lie in the tail. */
export interface LocalCopy {
  readonly state: ConversationState
  readonly scheme: Scheme
  /** The version on the network that went into it; 0 for none. */
  readonly synced: number
  /** The highest version that the network is known to have had. */
  readonly seen: number
  /** How often what other devices wrote went into it. */
  readonly rebases: number
}

export function absentCopy(id: string): LocalCopy {
  const state = { head: emptyHead(id), sealed: new Map() }
  return { state, scheme: 'xsalsa20-poly1305', synced: 0, seen: 0, rebases: 0 }
}

/** What a commit comes to on this device. */
export interface LocalCommit {
  next: LocalCopy
  outcomes: readonly ChangeOutcome[]
  /** Those that made the next version; none where there is nothing to write. */
  effective: readonly ConversationChange[]
}

/** Works one commit into a copy. */
export function applyCommit(
  copy: LocalCopy,
  changes: readonly ConversationChange[],
  context: CommitContext,
): LocalCommit {
  const { next, outcomes } = applyBatch(copy.state, changes, context)
  const those = (isMeant: (outcome: ChangeOutcome) => boolean) =>
    outcomes.flatMap((outcome, i) => (isMeant(outcome) ? changes.slice(i, i + 1) : []))
  const applied = those((outcome) => 'applied' in outcome)
  const scheme = schemeAfter(applied, copy.scheme) ?? copy.scheme
  const effective = those(hasEffect)
  const written = effective.length === 0 && scheme !== copy.scheme ? applied : effective
  if (written.length === 0) return { next: copy, outcomes, effective: [] }
  const state = advance(copy.state.head, next, [], context, false)
  return { next: { ...copy, state, scheme }, outcomes, effective: written }
}

/**
 * The copy that a conversation on the network comes to, with what this device has still to send. The version
 * never goes back.
 */
export function rebase(
  copy: LocalCopy,
  conversation: Conversation,
  waiting: readonly (readonly ConversationChange[])[],
  context: CommitContext,
): LocalCopy {
  const synced = conversation.version
  const seen = Math.max(copy.seen, synced)
  const fresh = {
    ...copy,
    state: stateOf(copy, conversation),
    synced,
    seen,
    rebases: copy.rebases + Number(synced > copy.synced),
  }
  const rebased = waiting.reduce((base, changes) => replay(base, changes, context), fresh)
  const { head } = rebased.state
  const version = Math.max(head.version, copy.state.head.version)
  return { ...rebased, state: { ...rebased.state, head: { ...head, version, tail: withStubs(copy, head) } } }
}

/** A commit that waits was let in when it was made: its conditions are not asked again. */
function replay(copy: LocalCopy, changes: readonly ConversationChange[], context: CommitContext): LocalCopy {
  const unconditional = changes.map(
    ({ expectedVersion: _, session: __, idempotency: ___, ...change }) => change,
  )
  const { outcomes, next, effective } = applyCommit(copy, unconditional, context)
  return effective.length > 0 && outcomes.some(leavesTrace) ? next : copy
}

/** Whether a change shows: one that the network has already does not. */
function leavesTrace(outcome: ChangeOutcome): boolean {
  if (!('applied' in outcome)) return false
  const { records, title, fields = {}, deletesAll } = outcome.applied.delta
  return records.length > 0 || title !== undefined || Object.keys(fields).length > 0 || deletesAll === true
}

/** Orders follow the rule by which the network gives them, so that they stay as they are. */
function stateOf(copy: LocalCopy, conversation: Conversation): ConversationState {
  const { id, version, createdAt, updatedAt, title, metadata, messageCount } = conversation
  const { receipts, sessionEpoch } = copy.state.head
  const known = knownRecords(copy.state)
  let lastOrder = 0
  const live = conversation.messages.map((message) => {
    lastOrder = Math.max(message.createdAt, lastOrder + 1)
    return recordOf(message, { order: lastOrder, version }, known.get(message.id))
  })
  const present = new Set(live.map((record) => record.id))
  const stubs = [...known.values()].filter((record) => record.deleted === true && !present.has(record.id))
  const register = (value: DagValue) => [value, 0, ''] as const
  const fields = Object.entries(metadata).map(([name, value]) => [name, register(value as DagValue)] as const)
  const head = {
    ...emptyHead(id),
    ...{ version, createdAt, updatedAt, messageCount, receipts, sessionEpoch, lastOrder },
    title: title === undefined ? null : register(title),
    fields: Object.fromEntries(fields),
    clock: copy.state.head.clock,
    tail: [...live, ...stubs].sort(compareRecords),
  }
  return { head, sealed: new Map() }
}

/** What went away leaves stubs: other tabs read only what has changed. */
function withStubs({ state }: LocalCopy, { tail, version }: Head): StoredRecord[] {
  const present = new Set(tail.map((record) => record.id))
  const gone = [...knownRecords(state).values()].filter((record) => !present.has(record.id))
  return [...tail, ...gone.map((record) => stubOf(record, version))].sort(compareRecords)
}

/** The record that is known stays the same object where it says the same: it need not be written again. */
function recordOf(
  message: Message,
  { order, version }: { order: number; version: number },
  known: StoredRecord | undefined,
): StoredRecord {
  const body = messageBody(message)
  const isSame = known?.body !== undefined && known.order === order && digestOf(known.body) === digestOf(body)
  if (isSame) return known
  const stamp = message.editedAt ?? message.createdAt
  return { id: message.id, order, stamp, device: '', version, body }
}

function stubOf(record: StoredRecord, version: number): StoredRecord {
  if (record.deleted === true) return record
  const { id, order, stamp } = record
  return { id, order, stamp: stamp + 1, device: '', version, deleted: true }
}
