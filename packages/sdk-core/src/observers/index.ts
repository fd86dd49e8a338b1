export { createMessageId } from '../conversation/message-id'
export type { AnswerOptions } from './chat-answers'
export { ChatObserver, type ChatObserverOptions, type SendOptions } from './chat-observer'
export {
  type ChatConflict,
  type ChatMessage,
  type ChatSnapshot,
  emptyChat,
  type MessageStatus,
} from './chat-snapshot'
export {
  ConversationListObserver,
  type ConversationListObserverOptions,
  type ConversationListSnapshot,
  EMPTY_LIST,
} from './conversation-list-observer'
export {
  ConversationObserver,
  type ConversationObserverOptions,
  type ConversationSnapshot,
  LOADING,
  type ReadStatus,
} from './conversation-observer'
export type { OnFrame } from './frame'
export type { KeyedObservers } from './keyed-observers'
export { NO_NOTIFICATIONS, type NotificationsObserver } from './notifications-observer'
export { Observed } from './observed'
export type { ObservedSessions, ObservedStorage } from './observed-parts'
export {
  createObservers,
  type ObservedSdk,
  type Observers,
  type ObserversOptions,
  observersOf,
} from './observers-of'
export type { StaleSession, StaleSessions } from './stale-sessions'
export { ALL_SAVED, type SyncStatusObserver } from './sync-status-observer'
