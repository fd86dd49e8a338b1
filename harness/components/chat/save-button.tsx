'use client'

import { Check, CloudUpload } from 'lucide-react'
import { useEffect, useState } from 'react'
import { describeError } from '@/lib/describe-error'
import { useHarness } from '@/lib/sdk/use-page-session'
import { Button } from '../ui/button'

const SHOWN_MS = 4_000

type Outcome = 'saving' | 'saved' | { problem: string }

/** Waits until everything that was written here is on S5, and says so. Saving itself needs no button. */
export function SaveButton() {
  const { sdk } = useHarness()
  const [outcome, setOutcome] = useState<Outcome>()
  useEffect(() => {
    if (outcome !== 'saved') return
    const timer = setTimeout(() => setOutcome(undefined), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [outcome])
  const save = async () => {
    setOutcome('saving')
    try {
      const status = await sdk.outbox?.flush()
      setOutcome(status?.failed ? { problem: 'Some of it could not be saved' } : 'saved')
    } catch (error) {
      setOutcome({ problem: describeError(error) })
    }
  }
  return (
    <>
      <Button size="small" data-testid="save-button" disabled={outcome === 'saving'} onClick={save}>
        {outcome === 'saved' ? <Check /> : <CloudUpload />}
        Save
      </Button>
      <span role="status" className="text-xs">
        {outcome === 'saved' && <span className="save-success text-accent">Saved</span>}
        {typeof outcome === 'object' && <span className="text-danger">{outcome.problem}</span>}
      </span>
    </>
  )
}
