'use client'

import * as Radix from '@radix-ui/react-tabs'
import type { ReactNode } from 'react'

interface TabsProps {
  label: string
  tabs: { value: string; title: ReactNode; content: ReactNode }[]
  value?: string
  onValueChange?(value: string): void
}

/** Shows one of several contents; the first one unless `value` says otherwise. */
export function Tabs({ label, tabs, ...state }: TabsProps) {
  return (
    <Radix.Root {...(state.value === undefined ? { defaultValue: tabs[0]?.value ?? '' } : {})} {...state}>
      <Radix.List aria-label={label} className="mb-4 flex gap-1 border-b border-line">
        {tabs.map(({ value, title }) => (
          <Radix.Trigger
            key={value}
            value={value}
            className="-mb-px border-b-2 border-transparent px-3 py-2 text-sm font-medium text-muted data-[state=active]:border-accent data-[state=active]:text-ink"
          >
            {title}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map(({ value, content }) => (
        <Radix.Content key={value} value={value}>
          {content}
        </Radix.Content>
      ))}
    </Radix.Root>
  )
}
