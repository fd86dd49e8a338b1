import type { Notification } from '../observe/notification'
import type { NotificationService } from '../observe/notification-service'
import type { OnFrame } from './frame'
import { Observed } from './observed'

export const NO_NOTIFICATIONS: readonly Notification[] = []

/** The notifications that are shown, the oldest first. */
export class NotificationsObserver extends Observed<readonly Notification[]> {
  readonly #service: Pick<NotificationService, 'list' | 'subscribe'>
  #stop = () => {}

  constructor(service: Pick<NotificationService, 'list' | 'subscribe'>, onFrame?: OnFrame) {
    super(NO_NOTIFICATIONS, onFrame)
    this.#service = service
  }

  close(): void {
    this.#stop()
  }

  protected start(): void {
    this.#stop = this.#service.subscribe(() => this.changed())
    this.changed()
  }

  protected read(): readonly Notification[] {
    return this.#service.list()
  }
}
