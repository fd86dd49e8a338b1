'use client'

import type { FaultPlan, RouteName } from '@s5-conversations/s5-portal'
import { Field, Input, Select } from '../ui/input'
import { type ChanceFault, ROUTES, toRouteChance, withChance } from './chance'

interface FieldProps<Name> {
  label: string
  hint: string
  fault: Name
  plan: FaultPlan
  onChange(plan: FaultPlan): void
}

type NumberFault = 'delayMs' | 'jitterMs' | 'slowRegistryMs' | 'seed'

export function NumberField({ label, hint, fault, plan, onChange }: FieldProps<NumberFault>) {
  return (
    <Field label={label} hint={hint}>
      {(field) => (
        <Input
          {...field}
          type="number"
          min={0}
          max={fault === 'seed' ? Number.MAX_SAFE_INTEGER : 600_000}
          value={plan[fault] ?? 0}
          onChange={({ target }) => onChange({ ...plan, [fault]: target.valueAsNumber || 0 })}
        />
      )}
    </Field>
  )
}

export function ProbabilityField({
  label,
  hint,
  fault,
  plan,
  onChange,
}: FieldProps<'reorderPushes' | 'staleAnswers'>) {
  return (
    <Field label={`${label}, in percent`} hint={hint}>
      {(field) => (
        <Input
          {...field}
          {...PERCENT}
          value={toPercent(plan[fault])}
          onChange={({ target }) => onChange({ ...plan, [fault]: fromPercent(target.valueAsNumber) })}
        />
      )}
    </Field>
  )
}

/** A probability, for everything or for one route. */
export function ChanceField({ label, hint, fault, plan, onChange }: FieldProps<ChanceFault>) {
  const known = toRouteChance(plan[fault])
  return (
    <Field label={`${label}, in percent`} hint={hint}>
      {(field) => (
        <div className="flex gap-2">
          <Input
            {...field}
            {...PERCENT}
            value={toPercent(known.chance)}
            onChange={({ target }) =>
              onChange(withChance(plan, fault, { ...known, chance: fromPercent(target.valueAsNumber) }))
            }
          />
          <Select
            aria-label={`${label}: of which requests`}
            value={known.route}
            onChange={({ target }) =>
              onChange(withChance(plan, fault, { ...known, route: target.value as RouteName | 'all' }))
            }
          >
            <option value="all">all</option>
            {ROUTES.map((route) => (
              <option key={route}>{route}</option>
            ))}
          </Select>
        </div>
      )}
    </Field>
  )
}

type ListFault = 'unavailableBlobs' | 'partitionFrom'

/** Nothing, everything, or what is listed. */
export function ListField({ label, hint, fault, plan, onChange }: FieldProps<ListFault>) {
  const value = plan[fault]
  const kind = value === 'all' ? 'all' : value === undefined ? 'none' : 'listed'
  const choose = (chosen: string) =>
    onChange({ ...plan, [fault]: chosen === 'all' ? 'all' : chosen === 'none' ? undefined : [''] })
  return (
    <Field label={label} hint={hint}>
      {(field) => (
        <div className="flex gap-2">
          <Select {...field} value={kind} onChange={({ target }) => choose(target.value)}>
            <option value="none">none</option>
            <option value="all">all</option>
            <option value="listed">these</option>
          </Select>
          {Array.isArray(value) && (
            <Input
              aria-label={`${label}: which, separated by spaces`}
              value={value.join(' ')}
              onChange={({ target }) => onChange({ ...plan, [fault]: target.value.split(' ') })}
            />
          )}
        </div>
      )}
    </Field>
  )
}

const PERCENT = { type: 'number', min: 0, max: 100, step: 1 }

function toPercent(chance = 0): number {
  return Math.round(chance * 100)
}

function fromPercent(percent: number): number {
  return Math.min(Math.max(percent || 0, 0), 100) / 100
}
