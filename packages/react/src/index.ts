// For frameworks that render on a server: all of it is for what runs in the browser, too.
'use client'

export type {
  ChatConflict,
  ChatMessage,
  ChatSnapshot,
  ConversationListSnapshot,
  ConversationSnapshot,
  MessageStatus,
  ReadStatus,
} from '@s5-conversations/sdk-core/observers'
export { type SdkState, useSdk } from './context'
export { MessageList, type MessageListProps } from './message-list'
export { textOf } from './message-text'
export { Notifications } from './notifications'
export { SdkProvider, type SdkProviderProps } from './sdk-provider'
export { reportStaleSession, type StaleVersions } from './stale-reports'
export { StaleSessionBanner, type StaleSessionBannerProps } from './stale-session-banner'
export { type AIChat, type AIChatActions, type UseAIChatOptions, useAIChat } from './use-ai-chat'
export { useConversation } from './use-conversation'
export { type ConversationPages, type UseConversationsOptions, useConversations } from './use-conversations'
export {
  type StaleSessionHandler,
  type StaleSessionHandlerOptions,
  useStaleSessionHandler,
} from './use-stale-session-handler'
export { useSyncStatus } from './use-sync-status'
export { withStaleSession } from './with-stale-session'
