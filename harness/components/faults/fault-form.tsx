'use client'

import type { FaultPlan } from '@s5-conversations/s5-portal'
import { type FormEvent, useEffect, useState } from 'react'
import { Button } from '../ui/button'
import { Card } from '../ui/card'
import { Switch } from '../ui/switch'
import { withoutNothing } from './chance'
import { ChanceField, ListField, NumberField, ProbabilityField } from './fault-fields'

interface FaultFormProps {
  /** What is in force. */
  plan: FaultPlan
  onApply(plan: FaultPlan): Promise<void>
}

/** Every switch of the portal. Nothing happens before it is applied. */
export function FaultForm({ plan, onApply }: FaultFormProps) {
  const [draft, setDraft] = useState(plan)
  useEffect(() => setDraft(plan), [plan])
  const apply = (event: FormEvent) => {
    event.preventDefault()
    void onApply(withoutNothing(draft))
  }
  const state = { plan: draft, onChange: setDraft }
  return (
    <Card title="Every switch" description="Applied together; what was in force before is replaced.">
      <form onSubmit={apply} className="flex flex-col gap-5">
        <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
          <NumberField {...state} label="Delay, in ms" hint="Before every request" fault="delayMs" />
          <NumberField {...state} label="Jitter, in ms" hint="Up to so much more" fault="jitterMs" />
          <NumberField {...state} label="Slow registry, in ms" hint="Pointers only" fault="slowRegistryMs" />
          <ChanceField {...state} label="Drop requests" hint="Before any effect" fault="dropRequests" />
          <ChanceField {...state} label="Drop answers" hint="After the full effect" fault="dropAnswers" />
          <ChanceField {...state} label="Duplicate" hint="Writes take effect twice" fault="duplicate" />
          <ProbabilityField {...state} label="Stale answers" hint="The version before" fault="staleAnswers" />
          <ProbabilityField
            {...state}
            label="Reorder pushes"
            hint="The next one overtakes"
            fault="reorderPushes"
          />
          <NumberField {...state} label="Seed" hint="The same seed, the same fate" fault="seed" />
          <ListField
            {...state}
            label="Unavailable blobs"
            hint="By their hashes in hex"
            fault="unavailableBlobs"
          />
          <ListField {...state} label="Partition from peers" hint="By their URIs" fault="partitionFrom" />
        </div>
        <div className="grid gap-4 sm:grid-cols-2">
          <Switch
            label="Refuse connections"
            hint="Like a portal that is not there"
            checked={draft.refuse ?? false}
            onCheckedChange={(refuse) => setDraft({ ...draft, refuse })}
          />
          <Switch
            label="Disk full"
            hint="Every write fails, nothing is acknowledged"
            checked={draft.diskFull ?? false}
            onCheckedChange={(diskFull) => setDraft({ ...draft, diskFull })}
          />
        </div>
        <Button type="submit" variant="primary" className="self-start" data-testid="apply-faults">
          Apply
        </Button>
      </form>
    </Card>
  )
}
