'use client'

import * as Dialog from '@radix-ui/react-dialog'
import { Menu, X } from 'lucide-react'
import { useState } from 'react'
import { IdentityBadge } from '../identity/identity-badge'
import { Button } from '../ui/button'
import { NavLinks } from './nav-links'
import { ThemeSwitch } from './theme-switch'

/** The navigation as a sheet that comes in from the side. */
export function MobileNav() {
  const [isOpen, setOpen] = useState(false)
  return (
    <Dialog.Root open={isOpen} onOpenChange={setOpen}>
      <Dialog.Trigger asChild>
        <Button variant="ghost" size="icon" aria-label="Open the navigation">
          <Menu />
        </Button>
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/50" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-y-0 right-0 z-50 flex w-72 flex-col gap-4 border-l border-line bg-surface p-4 shadow-xl"
        >
          <div className="flex items-center justify-between">
            <Dialog.Title className="px-2.5 font-semibold">Pages</Dialog.Title>
            <Dialog.Close asChild>
              <Button variant="ghost" size="icon" aria-label="Close the navigation">
                <X />
              </Button>
            </Dialog.Close>
          </div>
          <nav aria-label="Pages">
            <NavLinks onNavigate={() => setOpen(false)} />
          </nav>
          <div className="mt-auto flex items-center justify-between">
            <IdentityBadge />
            <ThemeSwitch />
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
