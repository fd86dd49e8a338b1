'use client'

import * as Radix from '@radix-ui/react-switch'
import { type ReactNode, useId } from 'react'

interface SwitchProps {
  label: ReactNode
  hint?: ReactNode
  checked: boolean
  onCheckedChange(checked: boolean): void
  disabled?: boolean
}

export function Switch({ label, hint, ...state }: SwitchProps) {
  const id = useId()
  return (
    <div className="flex items-start justify-between gap-4">
      <div>
        <label htmlFor={id} className="text-sm font-medium">
          {label}
        </label>
        {hint !== undefined && <p className="text-xs text-muted">{hint}</p>}
      </div>
      <Radix.Root
        id={id}
        {...state}
        className="relative h-5 w-9 shrink-0 rounded-full border border-muted bg-raised transition data-[state=checked]:border-accent data-[state=checked]:bg-accent disabled:opacity-50"
      >
        <Radix.Thumb className="block size-3.5 translate-x-0.5 rounded-full bg-muted transition data-[state=checked]:translate-x-[1.125rem] data-[state=checked]:bg-accent-ink" />
      </Radix.Root>
    </div>
  )
}
