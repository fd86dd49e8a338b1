import type { FaultPlan } from '@s5-conversations/s5-portal'
import { CircleCheck, Unplug } from 'lucide-react'
import { Badge } from '../ui/badge'
import { Button } from '../ui/button'
import { Card } from '../ui/card'
import { LoseDisk } from './lose-disk'
import { PRESETS } from './presets'

interface PlanInForceProps {
  plan: FaultPlan
  onApply(plan: FaultPlan): Promise<void>
}

/** What the portal says that it does wrong, and the quick ways to another plan. */
export function PlanInForce({ plan, onApply }: PlanInForceProps) {
  const faults = Object.entries(plan)
  return (
    <Card
      title="In force"
      description="As the portal itself says. It stays so for every page and tab until it is changed."
      actions={
        <Button variant="primary" onClick={() => onApply({})} data-testid="break-nothing">
          <CircleCheck />
          Break nothing
        </Button>
      }
    >
      <div role="status" data-testid="faults-in-force" className="mb-4 flex flex-wrap gap-2">
        {faults.length === 0 && <Badge tone="good">All is well</Badge>}
        {faults.map(([fault, value]) => (
          <Badge key={fault} tone="warning" className="max-w-full">
            <span className="truncate font-mono">{`${fault}: ${JSON.stringify(value)}`}</span>
          </Badge>
        ))}
      </div>
      <h3 className="mb-2 text-sm font-medium">Try</h3>
      <ul className="grid gap-2 sm:grid-cols-2 lg:grid-cols-3">
        {PRESETS.map(({ name, hint, plan: preset }) => (
          <li key={name}>
            <Button
              className="h-auto w-full justify-start py-2 text-left whitespace-normal!"
              onClick={() => onApply(preset)}
            >
              <Unplug className="text-accent" />
              <span>
                <span className="block">{name}</span>
                <span className="block text-xs font-normal text-muted">{hint}</span>
              </span>
            </Button>
          </li>
        ))}
        <li className="flex items-center">
          <LoseDisk onLose={() => onApply({ lostDisk: true })} />
        </li>
      </ul>
    </Card>
  )
}
