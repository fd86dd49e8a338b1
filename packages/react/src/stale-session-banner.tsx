import { useEffect, useId, useRef } from 'react'
import { MissingMessages } from './missing-messages'
import { StaleSessionButtons } from './stale-session-buttons'
import {
  type StaleSessionHandler,
  type StaleSessionHandlerOptions,
  useStaleSessionHandler,
} from './use-stale-session-handler'

export interface StaleSessionBannerProps extends StaleSessionHandlerOptions {
  /** Unsaved work that no chat of the SDK knows of, as text: it is copied along. */
  unsavedWork?: string
}

/** Says that a session is stale, keeps the user's work, and goes on. Shows nothing while none is. */
export function StaleSessionBanner({ unsavedWork = '', ...options }: StaleSessionBannerProps) {
  const handler = useStaleSessionHandler(options)
  return handler.staleSession && <Banner handler={handler} other={unsavedWork} />
}

function Banner({ handler, other }: { handler: StaleSessionHandler; other: string }) {
  const banner = useFocusGivenBack()
  const title = useId()
  const { missing, unsaved, draft, clearStaleSession } = handler
  return (
    <div
      ref={banner}
      role="alert"
      aria-labelledby={title}
      className="stale-session-banner"
      data-testid="stale-session-banner"
      onKeyDown={({ key }) => key === 'Escape' && clearStaleSession()}
    >
      <div className="stale-session-content">
        <span className="stale-session-icon" aria-hidden="true">
          ⚠
        </span>
        <div className="stale-session-text">
          <strong id={title}>Your session is out of date</strong>
          <p>Another session made changes. Your unsaved work cannot be applied.</p>
        </div>
        <StaleSessionButtons handler={handler} work={{ unsaved, draft, other }} />
      </div>
      {missing.length > 0 && <MissingMessages messages={missing} />}
    </div>
  )
}

/** When the banner goes while it has the focus, the focus goes back to where it came from. */
function useFocusGivenBack() {
  const banner = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const { current } = banner
    let before: EventTarget | null = document.activeElement
    const remember = ({ relatedTarget }: FocusEvent) => {
      if (!current?.contains(relatedTarget as Node | null)) before = relatedTarget
    }
    current?.addEventListener('focusin', remember)
    return () => {
      current?.removeEventListener('focusin', remember)
      // The element that had the focus is gone by now: the page's body has it.
      const isLost = document.activeElement === null || document.activeElement === document.body
      if (isLost && before instanceof HTMLElement) before.focus()
    }
  }, [])
  return banner
}
