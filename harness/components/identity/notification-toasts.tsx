'use client'

import type { Notification, NotificationService } from '@s5-conversations/sdk-core'
import { useEffect } from 'react'
import { toast } from 'sonner'

/** Shows what the SDK has to tell its user. That all went well is shown by each message. */
export function NotificationToasts({ notifications }: { notifications: NotificationService }) {
  useEffect(
    () =>
      notifications.subscribe(({ type, notification }) => {
        if (type === 'dismissed') toast.dismiss(notification.id)
        else if (notification.level !== 'success')
          show(notification, () => notifications.dismiss(notification.id))
      }),
    [notifications],
  )
  return null
}

function show(
  { id, level, title, message, duration, actions, count }: Notification,
  onDismiss: () => void,
): void {
  const [action] = actions
  toast[level](count > 1 ? `${title} ×${count}` : title, {
    id,
    description: message,
    duration: duration === 0 ? Number.POSITIVE_INFINITY : duration,
    onDismiss,
    ...(action === undefined ? {} : { action: { label: action.label, onClick: action.run } }),
  })
}
