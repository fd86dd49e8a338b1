import { bytesToHex } from '@noble/hashes/utils.js'
import * as z from 'zod/mini'
import type { DagValue } from '../../conversation/codec'
import { type Head, type Register, timeOf } from '../../conversation/head'
import { type CommitContext, registerValue } from '../../conversation/state'
import { InvalidInputError } from '../../errors/input-errors'
import { CorruptRecordError } from '../../errors/storage-errors'
import type { Base } from '../base'
import type { CommitPlan, Committer } from '../commit'
import type { HeadStore } from '../head-store'
import { epochId } from './place-ids'

const OWNER = 'owner'
const MEMBER = 'member/'

const member = z.strictObject({
  address: z.string(),
  right: z.enum(['read', 'write', 'none']),
  epoch: z.number(),
})

/** Somebody who was given keys. */
export interface Member {
  /** Sharing address. */
  address: string
  /** `none` once the share is revoked; complete when the conversation is in a later epoch than theirs. */
  right: 'read' | 'write' | 'none'
  /** The last one whose keys they may have got. */
  epoch: number
}

/** What the owner alone decides about a conversation that was shared. */
export interface AnchorState {
  /** The current one. */
  epoch: number
  /** The owner's sharing address, once it was shared with anybody. */
  owner?: string
  /** By public key, in hex. */
  members: ReadonlyMap<string, Member>
}

/** What is different; everything else stays. */
export type AnchorChange = Partial<AnchorState>

/**
 * The pointer of epoch 0, whose keys nobody but the owner ever has, says where a shared conversation is: which epoch
 * is the current one, and who has its keys. So nobody else can lead a device of the owner astray.
 */
export class Anchor {
  readonly #heads: HeadStore
  readonly #committer: Committer

  constructor(heads: HeadStore, committer: Committer) {
    this.#heads = heads
    this.#committer = committer
  }

  /** By a fresh read; `undefined` where the conversation was never shared, or its first move is not complete. */
  async read(id: string, signal: AbortSignal): Promise<AnchorState | undefined> {
    const base = await this.#heads.read(await this.#heads.open(epochId(id, 0)), signal)
    return base?.head.moved?.settled === true ? stateOf(base.head) : undefined
  }

  /**
   * Changes what is current, whoever else does so at the same time. Resolves with the outcome when a quorum has it.
   * @param decide called again for each state that it turns out to be based on
   */
  async update(
    id: string,
    decide: (state: AnchorState) => AnchorChange,
    signal: AbortSignal,
  ): Promise<AnchorState> {
    const { version } = await this.#committer.commit(
      {
        id: epochId(id, 0),
        needs: () => [],
        plan: (base, context) => planUpdate(base, decide, context),
      },
      signal,
    )
    return stateOf(version.head)
  }
}

function planUpdate(
  { head, scheme }: Base,
  decide: (state: AnchorState) => AnchorChange,
  context: CommitContext,
): CommitPlan<void> {
  if (scheme === undefined) throw new InvalidInputError('conversationId', 'does not exist')
  const said = head.moved?.settled === true ? head.fields : {}
  const { epoch = 0, owner, members = new Map() } = decide(stateOf({ ...head, fields: said }))
  const values: [string, DagValue][] = [...members].map(([key, value]) => [MEMBER + key, { ...value }])
  if (owner !== undefined) values.push([OWNER, owner])
  const fields = values.map(([name, value]) => [name, registerOf(value, said[name], context)] as const)
  const moved = { epoch: Math.max(epoch, head.moved?.epoch ?? 0), settled: true as const }
  const next = { ...withoutSayings(head), fields: { ...said, ...Object.fromEntries(fields) }, moved }
  return {
    next: { head: next, sealed: new Map() },
    scheme: 'xsalsa20-poly1305',
    result: undefined,
    isReplay: false,
    keepsPrevious: false,
  }
}

/** What the conversation says lies in another epoch now. */
function withoutSayings(head: Head): Head {
  const receipts = { from: head.version + 1, entries: [] }
  return { ...head, title: null, messageCount: 0, tail: [], segments: [], receipts, checkpoints: [] }
}

function registerOf(value: DagValue, stored: Register | undefined, { now, device }: CommitContext): Register {
  return [value, Math.max(now, stored === undefined ? 0 : timeOf(stored) + 1), device]
}

function stateOf({ moved, fields }: Pick<Head, 'moved' | 'fields'>): AnchorState {
  const owner = registerValue(fields[OWNER])
  const members = Object.entries(fields).flatMap(([name, register]) =>
    name.startsWith(MEMBER) ? [[name.slice(MEMBER.length), parse(registerValue(register))] as const] : [],
  )
  return {
    epoch: moved?.epoch ?? 0,
    ...(typeof owner === 'string' ? { owner } : {}),
    members: new Map(members),
  }
}

function parse(value: DagValue | undefined): Member {
  const result = member.safeParse(value)
  if (!result.success) throw new CorruptRecordError('an anchor is malformed')
  return result.data
}

export function memberKey(publicKey: Uint8Array): string {
  return bytesToHex(publicKey)
}
