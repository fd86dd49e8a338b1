import type { Message } from '../conversation/types'
import type { SaveStatus } from '../local/sync-status'
import type { ReadStatus } from './conversation-observer'

/** Where a message is: with what an outbox tells, what this page is doing with it. */
export type MessageStatus = 'saving' | 'streaming' | SaveStatus

export interface ChatMessage extends Message {
  status: MessageStatus
  /** Why it was not saved, or why there is no answer, or no whole one. */
  error?: unknown
  /** The ids of all answers to the same prompt, this one among them, where there are several. */
  alternatives?: readonly string[]
}

/** Somebody else went on with the conversation, and this session may not. Nothing was overwritten. */
export interface ChatConflict {
  /** The version that this session had read. */
  localVersion: number
  /** The version that is stored. */
  remoteVersion: number
  /** What the others have written since. */
  missing: readonly Message[]
  /** What was written here and is not stored. */
  unsaved: readonly Message[]
}

export interface ChatSnapshot {
  conversationId: string
  status: ReadStatus
  title?: string
  messages: readonly ChatMessage[]
  isStreaming: boolean
  conflict: ChatConflict | null
  /** What the user is writing. */
  draft: string
  /** What went wrong last. */
  error?: unknown
}

/** What `metadata.status` says of an answer that is not whole. */
const LEFT: unknown[] = ['streaming', 'aborted', 'failed', 'interrupted']

export function emptyChat(conversationId: string): ChatSnapshot {
  return {
    conversationId,
    status: 'loading',
    messages: [],
    isStreaming: false,
    conflict: null,
    draft: '',
  }
}

/** Interfaces draw a message again only if it is another object. */
export function reuseShown(
  before: readonly ChatMessage[],
  now: readonly ChatMessage[],
): readonly ChatMessage[] {
  const known = new Map(before.map((message) => [message.id, message]))
  return now.map((message) => {
    const shown = known.get(message.id)
    return shown !== undefined && looksSame(shown, message) ? shown : message
  })
}

function looksSame(a: ChatMessage, b: ChatMessage): boolean {
  return (
    a.content === b.content &&
    a.status === b.status &&
    a.error === b.error &&
    a.editedAt === b.editedAt &&
    a.metadata?.status === b.metadata?.status &&
    a.alternatives?.join() === b.alternatives?.join()
  )
}

/** The prompt that a message is an answer to; the message itself where it is a prompt. */
export function promptOf(messages: readonly ChatMessage[], messageId: string): ChatMessage | undefined {
  const end = messages.findIndex(({ id }) => id === messageId)
  const { parentId } = messages[end] ?? {}
  const isPrompt = ({ role }: ChatMessage) => role === 'user'
  const parent = messages.find(({ id }) => id === parentId)
  if (parent !== undefined && isPrompt(parent) && messages[end]?.role === 'assistant') return parent
  return messages.slice(0, end + 1).findLast(isPrompt)
}

/** The prompt at the end that has no answer, or one that was left before its end. */
export function unansweredPrompt(messages: readonly ChatMessage[]): ChatMessage | undefined {
  const last = messages.at(-1)
  if (last === undefined || last.status === 'streaming') return undefined
  const isWhole = last.role !== 'user' && !LEFT.includes(last.metadata?.status)
  return isWhole ? undefined : promptOf(messages, last.id)
}
