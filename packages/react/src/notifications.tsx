import type { Notification } from '@s5-conversations/sdk-core'
import { NO_NOTIFICATIONS, type Observers } from '@s5-conversations/sdk-core/observers'
import { useSdk } from './context'
import { useObserved } from './use-observed'

const find = ({ notifications }: Observers) => notifications

/** What `sdk.notifications` has to say, at an edge of the page. Escape dismisses the one that has the focus. */
export function Notifications() {
  const shown = useObserved(find, NO_NOTIFICATIONS)
  const { sdk } = useSdk()
  return (
    <section aria-label="Notifications" className="s5-notifications" data-testid="notifications">
      {shown.map((each) => (
        <NotificationView key={each.id} {...each} onDismiss={() => sdk?.notifications.dismiss(each.id)} />
      ))}
    </section>
  )
}

type NotificationViewProps = Notification & { onDismiss(): void }

function NotificationView({ level, title, message, count, actions, onDismiss }: NotificationViewProps) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it has a role, and Escape is heard wherever in it the focus is.
    <div
      className="s5-notification"
      data-level={level}
      data-testid="notification"
      role={level === 'error' ? 'alert' : 'status'}
      onKeyDown={({ key }) => key === 'Escape' && onDismiss()}
    >
      <p className="s5-notification-text">
        {title !== '' && <strong>{title}</strong>} {message}
        {count > 1 && <span data-testid="notification-count"> ×{count}</span>}
      </p>
      {actions.map(({ label, run }) => (
        <button key={label} type="button" onClick={run}>
          {label}
        </button>
      ))}
      <button
        type="button"
        aria-label={`Dismiss: ${title || message}`}
        data-testid="notification-dismiss"
        onClick={onDismiss}
      >
        ×
      </button>
    </div>
  )
}
