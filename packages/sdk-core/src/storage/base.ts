import { type ConversationState, emptyHead } from '../conversation/state'
import type { Scheme } from '../conversation/types'
import type { StoredVersion } from './head-reader'

/** What a commit is built on. */
export interface Base extends ConversationState {
  /** The head blobs it came from. */
  readonly parents: readonly Uint8Array[]
  readonly revision: number
  readonly scheme: Scheme | undefined
  /** The version on the network that says exactly this, if there is one. */
  readonly stored: StoredVersion | undefined
  /** Whether the network was asked for it since the commit began. */
  readonly isFresh: boolean
  /** Whether nothing that was acknowledged can be overtaken by the revision after this one. */
  readonly isSettled: boolean
}

/** The base of a conversation's first commit. */
export function absentBase(id: string): Base {
  return {
    head: emptyHead(id),
    sealed: new Map(),
    parents: [],
    revision: 0,
    scheme: undefined,
    stored: undefined,
    isFresh: true,
    isSettled: true,
  }
}

/** What stands on the network as it is. */
export function toBase(version: StoredVersion, isFresh: boolean): Base {
  return { ...version, sealed: new Map(), parents: [version.hash], stored: version, isFresh, isSettled: true }
}
