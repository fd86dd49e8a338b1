import type { PersistenceKind } from './persistence-kinds'

/** What a user can do about a notification. */
export interface NotificationAction {
  label: string
  run(): void
}

/** How a notification is shown. */
export interface NotificationOptions {
  /** How long it is shown, in ms; 0: until it is dismissed. @default 5 000; 0 for errors and persistent ones */
  duration?: number
  /** Survives a reload, without its actions. @default false */
  persistent?: boolean
  /** Whether trying again may help. @default false */
  retryable?: boolean
  actions?: readonly NotificationAction[]
}

/** What a user should see. A copy: changing it changes nothing. */
export interface Notification {
  id: string
  level: 'success' | 'info' | 'warning' | 'error'
  /** Of those about where content is. */
  kind?: PersistenceKind
  title: string
  message: string
  /** ms; 0: until it is dismissed. */
  duration: number
  persistent: boolean
  retryable: boolean
  actions: readonly NotificationAction[]
  /** How often it was given while it was shown. */
  count: number
  /** ms since 1970. */
  shownAt: number
}

/** What a user interface is told: show it, show that it came again, take it away. */
export interface NotificationEvent {
  type: 'shown' | 'folded' | 'dismissed'
  notification: Notification
}

/** Counts since the service was made. */
export interface NotificationStats {
  shown: number
  folded: number
  dismissed: number
  /** How many of each level were given, repeated ones too. */
  byLevel: Record<Notification['level'], number>
}

type Text = Pick<Notification, 'level' | 'title' | 'message'> &
  Pick<NotificationOptions, 'duration' | 'retryable'>

export const PERSISTENCE_TEXTS: Record<PersistenceKind, Text> = {
  save_success: { level: 'success', title: 'Saved', message: 'Your conversation is saved.' },
  save_failed: {
    level: 'error',
    title: 'Not saved',
    message: 'Some of your changes could not be saved. Please try again.',
    retryable: true,
  },
  conflict_merged: {
    level: 'info',
    title: 'Changes combined',
    message: 'This conversation was changed elsewhere, too. Both are kept.',
  },
  conflict_stale: {
    level: 'warning',
    title: 'Changed elsewhere',
    message: 'This conversation was continued elsewhere. Refresh to go on.',
    duration: 0,
  },
  offline: {
    level: 'warning',
    title: 'Offline',
    message: 'Your changes are kept on this device until you are back online.',
    duration: 0,
  },
  back_online: { level: 'success', title: 'Back online', message: 'Your changes are being saved.' },
}
