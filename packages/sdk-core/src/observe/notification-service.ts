import { type Clock, systemClock } from './clock'
import {
  type Notification,
  type NotificationEvent,
  type NotificationOptions,
  type NotificationStats,
  PERSISTENCE_TEXTS,
} from './notification'
import { PERSISTENCE_KINDS, type PersistenceKind } from './persistence-kinds'
import {
  type PageStorage,
  pageStorage,
  readVersioned,
  type VersionedValue,
  writeVersioned,
} from './versioned-storage'

const DURATION_MS = 5_000
/** Of those that survive a reload. */
const KEPT = 20

type Kept = Omit<Notification, 'actions'>
type Given = Pick<Notification, 'level' | 'title' | 'message'> & { kind?: PersistenceKind }

const STORED: VersionedValue<Kept[]> = {
  name: 's5_conversations_notifications',
  version: 2,
  migrations: [{ key: 's5_conversations_notifications', migrate: fromTexts }],
  isValid: (value): value is Kept[] => Array.isArray(value) && value.every(isKept),
}

export interface NotificationServiceOptions {
  /** Where persistent ones are kept. @default `localStorage`, if there is one */
  storage?: PageStorage | undefined
  /** @default the system's */
  clock?: Clock
  /** Told when a listener throws. */
  onError?(error: unknown): void
}

/** What users should know, without a user interface: one subscribes, and shows it. Repeated ones are folded. */
export class NotificationService {
  readonly #storage: PageStorage | undefined
  readonly #clock: Clock
  readonly #onError: (error: unknown) => void
  readonly #listeners = new Set<(event: NotificationEvent) => void>()
  readonly #shown = new Map<string, Notification>()
  readonly #timers = new Map<string, () => void>()
  readonly #stats: NotificationStats = {
    shown: 0,
    folded: 0,
    dismissed: 0,
    byLevel: { success: 0, info: 0, warning: 0, error: 0 },
  }

  constructor({
    storage = pageStorage(),
    clock = systemClock,
    onError = () => {},
  }: NotificationServiceOptions = {}) {
    this.#storage = storage
    this.#clock = clock
    this.#onError = onError
    const kept = this.#storage === undefined ? [] : (readVersioned(this.#storage, STORED) ?? [])
    for (const each of kept) this.#shown.set(each.id, { ...each, actions: [] })
  }

  /** Tells of something that went well. Goes by itself unless `options` say otherwise. */
  success(title: string, message: string, options: NotificationOptions = {}): Notification {
    return this.#show({ level: 'success', title, message }, options)
  }

  /** Tells of something that failed. Stays until it is dismissed unless `options` say otherwise. */
  error(title: string, message: string, options: NotificationOptions = {}): Notification {
    return this.#show({ level: 'error', title, message }, options)
  }

  /** Tells where content is, in words of its own. */
  showPersistenceNotification(kind: PersistenceKind, options: NotificationOptions = {}): Notification {
    const { duration, retryable, ...text } = PERSISTENCE_TEXTS[kind]
    if (kind === 'back_online') this.#dismissKind('offline')
    const defaults = {
      ...(duration === undefined ? {} : { duration }),
      ...(retryable === undefined ? {} : { retryable }),
    }
    return this.#show({ ...text, kind }, { ...defaults, ...options })
  }

  /** Those that are shown, the oldest first. */
  list(): Notification[] {
    return [...this.#shown.values()]
  }

  /** Takes a notification away; one that is gone already is left alone. */
  dismiss(id: string): void {
    const notification = this.#shown.get(id)
    if (notification === undefined) return
    this.#shown.delete(id)
    this.#timers.get(id)?.()
    this.#timers.delete(id)
    this.#stats.dismissed += 1
    this.#tell({ type: 'dismissed', notification })
  }

  /** Calls back with each event until the function that it gives back is called. */
  subscribe(listener: (event: NotificationEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Counts since the service was made. */
  getStats(): NotificationStats {
    return { ...this.#stats, byLevel: { ...this.#stats.byLevel } }
  }

  /** Ends timers and subscriptions; persistent ones come back with the next page. */
  close(): void {
    for (const cancel of this.#timers.values()) cancel()
    this.#timers.clear()
    this.#listeners.clear()
  }

  #show(given: Given, options: NotificationOptions): Notification {
    const known = this.list().find((each) => isSame(each, given))
    const notification: Notification = {
      id: known?.id ?? crypto.randomUUID(),
      ...given,
      duration:
        options.duration ?? (given.level === 'error' || options.persistent === true ? 0 : DURATION_MS),
      persistent: options.persistent ?? false,
      retryable: options.retryable ?? false,
      actions: options.actions ?? [],
      count: (known?.count ?? 0) + 1,
      shownAt: this.#clock.now(),
    }
    this.#shown.set(notification.id, notification)
    this.#stats[known === undefined ? 'shown' : 'folded'] += 1
    this.#stats.byLevel[given.level] += 1
    this.#dismissLater(notification)
    this.#tell({ type: known === undefined ? 'shown' : 'folded', notification })
    return notification
  }

  #dismissLater({ id, duration }: Notification): void {
    this.#timers.get(id)?.()
    this.#timers.delete(id)
    if (duration > 0)
      this.#timers.set(
        id,
        this.#clock.after(duration, () => this.dismiss(id)),
      )
  }

  #dismissKind(kind: PersistenceKind): void {
    for (const each of this.list()) if (each.kind === kind) this.dismiss(each.id)
  }

  #tell(event: NotificationEvent): void {
    if (event.notification.persistent) this.#keep()
    for (const listener of [...this.#listeners]) {
      try {
        listener(event)
      } catch (error) {
        this.#onError(error)
      }
    }
  }

  #keep(): void {
    if (this.#storage === undefined) return
    const kept = this.list().filter(({ persistent }) => persistent)
    writeVersioned(
      this.#storage,
      STORED,
      kept.slice(-KEPT).map(({ actions: _, ...each }) => each),
    )
  }
}

function isSame(known: Notification, given: Given): boolean {
  const { level, kind, title, message } = known
  return level === given.level && kind === given.kind && title === given.title && message === given.message
}

function isKept(value: unknown): value is Kept {
  const { id, level, title, message, kind, duration, count } = (value ?? {}) as Partial<
    Record<keyof Kept, unknown>
  >
  const isText = [id, title, message].every((text) => typeof text === 'string')
  const isKnownKind = kind === undefined || PERSISTENCE_KINDS.some((known) => known === kind)
  const isLevel = ['success', 'info', 'warning', 'error'].some((known) => known === level)
  return isText && isKnownKind && isLevel && typeof duration === 'number' && typeof count === 'number'
}

/** The first version kept plain texts. */
function fromTexts(value: unknown): Kept[] {
  const texts = Array.isArray(value) ? value.filter((text) => typeof text === 'string') : []
  return texts.map((message) => ({
    id: crypto.randomUUID(),
    level: 'info',
    title: '',
    message,
    duration: 0,
    persistent: true,
    retryable: false,
    count: 1,
    shownAt: 0,
  }))
}
