'use client'

import type { Sdk } from '@s5-conversations/sdk-core'
import { Swords } from 'lucide-react'
import { useState } from 'react'
import { useAction } from '@/lib/lab/use-action'
import { Problem } from '../lab/problem'
import { Button } from '../ui/button'
import { Card } from '../ui/card'
import { type ConflictStory, runConflict } from './run-conflict'

interface ForceConflictProps {
  openWriters(): Promise<readonly Sdk[]>
}

/** Makes the portal say `Revision number too low`, and shows what the SDK makes of it. */
export function ForceConflict({ openWriters }: ForceConflictProps) {
  const [story, setStory] = useState<ConflictStory>()
  const { run, isBusy, problem } = useAction(async () => {
    const [first, second] = await openWriters()
    if (first !== undefined && second !== undefined) setStory(await runConflict(first, second))
  })
  return (
    <Card
      title="Revision number too low"
      description="Two writers of your identity read the same version and both append to it. The portal takes one and refuses the other."
      actions={
        <Button variant="primary" onClick={() => run()} disabled={isBusy} data-testid="force-conflict">
          <Swords />
          {isBusy ? 'Writing …' : 'Force a conflict'}
        </Button>
      }
    >
      <Problem text={problem} />
      <div role="status">{story !== undefined && <Story story={story} />}</div>
    </Card>
  )
}

function Story({ story }: { story: ConflictStory }) {
  const { ground, first, second, conflicts, retries, isWhole } = story
  return (
    <ol data-testid="conflict-story" className="flex list-decimal flex-col gap-1.5 pl-5 text-sm">
      <li>Both writers had read version {ground}.</li>
      <li>The first one saved version {first}.</li>
      <li>
        {conflicts === 0
          ? 'The second one was not refused: it had heard of the first one in time.'
          : `The second one was refused ${conflicts === 1 ? 'once' : `${conflicts} times`}: its revision number was too low.`}
      </li>
      <li>
        It read what was there, built on it{retries > 0 && `, waited ${retries} times`}, and saved version{' '}
        {second}.
      </li>
      <li className={isWhole ? 'font-medium text-accent' : 'font-medium text-danger'}>
        {isWhole ? 'Both messages are there. Healed.' : 'A message is missing.'}
      </li>
    </ol>
  )
}
