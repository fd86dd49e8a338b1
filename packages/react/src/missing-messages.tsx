import type { Message } from '@s5-conversations/sdk-core'
import { textOf } from './message-text'

/** How many are shown: enough to see what it is about. */
const SHOWN = 20

/** What others have written, behind a switch. */
export function MissingMessages({ messages }: { messages: readonly Message[] }) {
  return (
    <details className="stale-session-missing" data-testid="stale-session-missing">
      <summary>Show what is new ({messages.length})</summary>
      <ul>
        {messages.slice(-SHOWN).map(({ id, role, content }) => (
          <li key={id}>
            {role}: {textOf(content)}
          </li>
        ))}
      </ul>
    </details>
  )
}
