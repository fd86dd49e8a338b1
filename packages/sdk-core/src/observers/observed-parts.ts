import type { Conversation, Message, MessageInput } from '../conversation/types'
import type { Generate } from '../session/generation'
import type { Session, SessionStart } from '../session/session'
import type { StreamedAnswer, StreamOptions } from '../session/stream'
import type { ResumedSession } from '../session/take-over'
import type { ConversationList } from '../storage/conversation-store'
import type { ListOptions, LoadOptions } from '../storage/load-options'
import type { AppendOptions } from '../storage/save-options'
import type { StorageResult } from '../storage/storage-result'
import type { ConversationListener } from '../storage/watcher'

/** What observers need of the door to storage. */
export interface ObservedStorage {
  appendMessages(
    conversationId: string,
    messages: readonly MessageInput[],
    options?: AppendOptions,
  ): Promise<StorageResult>
  editMessage(
    conversationId: string,
    messageId: string,
    content: Message['content'],
    options?: AppendOptions,
  ): Promise<StorageResult>
  deleteMessage(conversationId: string, messageId: string, options?: AppendOptions): Promise<StorageResult>
  loadConversation(conversationId: string, options?: LoadOptions): Promise<Conversation | undefined>
  listConversations(options?: ListOptions): Promise<ConversationList>
  watchConversation(conversationId: string, listener: ConversationListener): () => void
  watchConversations(listener: () => void): () => void
}

/** What observers need of the door to sessions. */
export interface ObservedSessions {
  startSession(start: SessionStart): Promise<Session>
  resumeSession(sessionId: string): Promise<ResumedSession>
  endSession(sessionId: string): Promise<Session>
  sendMessage(sessionId: string, message: MessageInput, options?: AppendOptions): Promise<StorageResult>
  streamMessage(
    sessionId: string,
    prompt: MessageInput,
    generate: Generate,
    options?: StreamOptions,
  ): Promise<StreamedAnswer>
}
