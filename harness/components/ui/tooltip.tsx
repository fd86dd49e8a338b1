'use client'

import * as Radix from '@radix-ui/react-tooltip'
import type { ReactNode } from 'react'

interface TooltipProps {
  text: string
  /** One element that can have the focus. */
  children: ReactNode
}

export function Tooltip({ text, children }: TooltipProps) {
  return (
    <Radix.Provider delayDuration={300}>
      <Radix.Root>
        <Radix.Trigger asChild>{children}</Radix.Trigger>
        <Radix.Portal>
          <Radix.Content
            sideOffset={6}
            className="z-50 max-w-64 rounded-control bg-ink px-2.5 py-1.5 text-xs text-canvas shadow-lg"
          >
            {text}
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
    </Radix.Provider>
  )
}
