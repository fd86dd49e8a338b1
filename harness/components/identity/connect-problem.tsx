'use client'

import { type PageState, pageSession } from '@/lib/sdk/page-session'
import { Button } from '../ui/button'

interface ConnectProblemProps {
  state: Extract<PageState, { status: 'signed-out' }>
}

/** Why nobody is signed in, with the way to try it again. */
export function ConnectProblem({ state: { problem, again } }: ConnectProblemProps) {
  if (problem === undefined) return null
  return (
    <div
      role="alert"
      className="mb-4 flex flex-wrap items-center justify-between gap-3 rounded-control bg-danger-soft px-3 py-2 text-sm text-danger"
    >
      {problem}
      {again !== undefined && (
        <Button size="small" data-testid="connect-again" onClick={() => void pageSession.signIn(again)}>
          Try again
        </Button>
      )}
    </div>
  )
}
