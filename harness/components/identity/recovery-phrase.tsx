'use client'

import { Button } from '../ui/button'
import { Tabs } from '../ui/tabs'
import { KnownPhrase } from './known-phrase'
import { NewPhrase } from './new-phrase'

interface RecoveryPhraseProps {
  isSigning: boolean
  onPhrase(seedPhrase: string): void
  onCancel(): void
}

/** Signs in by fifteen words. */
export function RecoveryPhrase({ isSigning, onPhrase, onCancel }: RecoveryPhraseProps) {
  return (
    <div>
      <Tabs
        label="Recovery phrase"
        tabs={[
          {
            value: 'known',
            title: 'I have one',
            content: <KnownPhrase isBusy={isSigning} onPhrase={onPhrase} />,
          },
          {
            value: 'new',
            title: 'Make a new one',
            content: <NewPhrase isBusy={isSigning} onPhrase={onPhrase} />,
          },
        ]}
      />
      <div className="mt-4 flex justify-end">
        <Button variant="ghost" onClick={onCancel} disabled={isSigning}>
          Back
        </Button>
      </div>
    </div>
  )
}
