import { type Clock, systemClock } from '../observe/clock'
import type { NotificationService } from '../observe/notification-service'
import { ChatObserver } from './chat-observer'
import { ConversationListObserver } from './conversation-list-observer'
import { ConversationObserver } from './conversation-observer'
import type { OnFrame } from './frame'
import { KeyedObservers } from './keyed-observers'
import { NotificationsObserver } from './notifications-observer'
import type { ObservedSessions, ObservedStorage } from './observed-parts'
import type { SaveStatuses } from './own-messages'
import { StaleSessions } from './stale-sessions'
import { type ObservedOutbox, SyncStatusObserver } from './sync-status-observer'

/** What is observed of an SDK. */
export interface ObservedSdk {
  readonly storage: ObservedStorage
  readonly sessions: ObservedSessions
  readonly outbox: (ObservedOutbox & SaveStatuses) | undefined
  readonly notifications: Pick<NotificationService, 'list' | 'subscribe'>
}

export interface ObserversOptions {
  /** When listeners are called. @default with the next frame of the page */
  onFrame?: OnFrame
  /** @default the system's */
  clock?: Clock
}

/** All observers of one identity: whoever asks for the same gets the same. */
export interface Observers {
  readonly chats: KeyedObservers<ChatObserver>
  readonly conversations: KeyedObservers<ConversationObserver>
  /** By the size of a page. */
  readonly lists: KeyedObservers<ConversationListObserver>
  readonly syncStatus: SyncStatusObserver
  readonly notifications: NotificationsObserver
  readonly staleSessions: StaleSessions
}

const observersByStorage = new WeakMap<object, Observers>()

/** Those of who is signed in now, made once. */
export function observersOf(sdk: ObservedSdk): Observers {
  const known = observersByStorage.get(sdk.storage) ?? createObservers(sdk)
  observersByStorage.set(sdk.storage, known)
  return known
}

export function createObservers(
  { storage, sessions, outbox, notifications }: ObservedSdk,
  { onFrame, clock = systemClock }: ObserversOptions = {},
): Observers {
  const told = onFrame === undefined ? {} : { onFrame }
  const staleSessions = new StaleSessions(onFrame)
  const parts = { storage, sessions, outbox, staleSessions, ...told }
  return {
    staleSessions,
    chats: new KeyedObservers((conversationId) => new ChatObserver({ ...parts, conversationId }), clock),
    conversations: new KeyedObservers(
      (conversationId) => new ConversationObserver({ storage, conversationId, ...told }),
      clock,
    ),
    lists: new KeyedObservers(
      (size) => new ConversationListObserver({ storage, pageSize: Number(size), clock, ...told }),
      clock,
    ),
    syncStatus: new SyncStatusObserver(outbox, onFrame),
    notifications: new NotificationsObserver(notifications, onFrame),
  }
}
