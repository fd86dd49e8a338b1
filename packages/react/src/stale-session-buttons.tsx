import { useState } from 'react'
import { DownloadWork } from './download-work'
import { copyWork, isEmpty, type UnsavedWork } from './unsaved-work'
import type { StaleSessionHandler } from './use-stale-session-handler'

/** What a user can do about a stale session. */
export function StaleSessionButtons({ handler, work }: { handler: StaleSessionHandler; work: UnsavedWork }) {
  const { refreshSession, mergeMine, keepAsBranch } = handler
  const decide = isEmpty(work) ? {} : { mergeMine, keepAsBranch }
  return (
    <div className="stale-session-buttons">
      <button
        type="button"
        className="stale-session-refresh"
        data-testid="stale-session-refresh"
        onClick={refreshSession}
      >
        Refresh to get latest
      </button>
      <CopyButton work={work} />
      {decide.mergeMine && (
        <button type="button" data-testid="stale-session-merge" onClick={decide.mergeMine}>
          Add mine after it
        </button>
      )}
      {decide.keepAsBranch && (
        <button type="button" data-testid="stale-session-branch" onClick={decide.keepAsBranch}>
          Keep mine as a branch
        </button>
      )}
    </div>
  )
}

function CopyButton({ work }: { work: UnsavedWork }) {
  const [outcome, setOutcome] = useState<'copied' | 'refused'>()
  const copy = async () => setOutcome((await copyWork(work)) ? 'copied' : 'refused')
  return (
    <>
      <button
        type="button"
        className="stale-session-copy"
        data-testid="stale-session-copy"
        disabled={isEmpty(work)}
        onClick={copy}
      >
        Copy my work
      </button>
      <span role="status" className="stale-session-copied" data-testid="stale-session-copied">
        {outcome === 'copied' && 'Copied! You can paste after refreshing'}
      </span>
      {outcome === 'refused' && <DownloadWork work={work} />}
    </>
  )
}
