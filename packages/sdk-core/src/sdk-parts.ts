import type { Outbox } from './local/outbox'
import type { SessionManager } from './managers/SessionManager'
import type { StorageManager } from './managers/StorageManager'
import type { Logger } from './observe/log'
import type { NotificationService } from './observe/notification-service'
import type { PersistenceKind } from './observe/persistence-kinds'
import type { StorageCounters } from './observe/stats'

/** What keeps conversations on this device, fetched only where it is used. */
export type Local = typeof import('./local/open-local-first')

/** What all identities of one SDK share. */
export interface Parts {
  counters: StorageCounters
  log: Logger
  sessions: WeakMap<StorageManager, SessionManager>
  outboxes: WeakMap<StorageManager, Outbox>
  notifications: NotificationService
}

/** Sessions save what they have to before their storage ends. */
export async function closeStorage(storage: StorageManager, { sessions }: Parts): Promise<void> {
  await sessions.get(storage)?.close()
  await storage.close()
}

/** How this device tells of itself. */
export function localOptions({ log, notifications }: Parts) {
  return { log, notify: (kind: PersistenceKind) => void notifications.showPersistenceNotification(kind) }
}
