import { chainOf } from '../conversation/conversation-chain'
import type { Conversation, ConversationInput, ConversationSummary } from '../conversation/types'
import { ConversationDeletedError } from '../errors/storage-errors'
import type { ReadOptions } from '../storage/load-options'
import type { ExportSource } from './transfer-target'

/** A commit takes so many messages. */
const BATCH_MESSAGES = 500

/** Where copies go: a `StorageManager`. */
export interface CopyTarget {
  loadConversation(id: string, options: ReadOptions): Promise<Conversation | undefined>
  saveConversation(
    conversation: ConversationInput,
    options: ReadOptions & { encrypt: boolean },
  ): Promise<unknown>
}

/** Options of `copyConversations`. */
export interface CopyOptions extends ReadOptions {
  /** Called after each conversation. */
  onProgress?(progress: { done: number; total: number }): void
}

/** What a copy has come to. Every conversation is counted once. */
export interface CopyReport {
  /** Conversations that are now the same in both places, and were not before. */
  copied: number
  /** Conversations that were the same already. */
  present: number
  /** Conversations that the target has deleted, or in which it holds something else. */
  different: string[]
}

/**
 * Copies every conversation, one after another; sealed ones stay sealed. Each is read back, and counts as copied only
 * if number and chain of its messages are those of the source. May be stopped anywhere and called again: what is
 * there is not written anew. A title or field that the target has already stays as it is there.
 * Rejects with the first failure of either side, or the reason of `signal`.
 */
export async function copyConversations(
  source: ExportSource,
  target: CopyTarget,
  { onProgress, ...options }: CopyOptions = {},
): Promise<CopyReport> {
  const report: CopyReport = { copied: 0, present: 0, different: [] }
  const { items } = await source.listConversations(options)
  for (const [i, summary] of items.entries()) {
    const conversation = await source.loadConversation(summary.id, options)
    if (conversation !== undefined) await copyOne(conversation, summary, target, report, options)
    onProgress?.({ done: i + 1, total: items.length })
  }
  return report
}

async function copyOne(
  conversation: Conversation,
  { encrypted }: ConversationSummary,
  target: CopyTarget,
  report: CopyReport,
  options: ReadOptions,
): Promise<void> {
  if (await isThere(conversation, target, options)) {
    report.present += 1
    return
  }
  await write(conversation, target, { ...options, encrypt: encrypted })
  if (await isThere(conversation, target, options)) report.copied += 1
  else report.different.push(conversation.id)
}

async function isThere(
  conversation: Conversation,
  target: CopyTarget,
  options: ReadOptions,
): Promise<boolean> {
  const copy = await target.loadConversation(conversation.id, options)
  return copy?.messageCount === conversation.messageCount && chainOf(copy) === chainOf(conversation)
}

async function write(
  { id, title, metadata, createdAt, messages }: Conversation,
  target: CopyTarget,
  options: ReadOptions & { encrypt: boolean },
): Promise<void> {
  const fields = { id, metadata, createdAt, ...(title === undefined ? {} : { title }) }
  try {
    for (let start = 0; start === 0 || start < messages.length; start += BATCH_MESSAGES) {
      const batch = messages.slice(start, start + BATCH_MESSAGES)
      await target.saveConversation({ ...fields, messages: batch }, options)
    }
  } catch (error) {
    if (!(error instanceof ConversationDeletedError)) throw error
  }
}
