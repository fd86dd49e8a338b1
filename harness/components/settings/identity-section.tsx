'use client'

import { Eye, UserPlus } from 'lucide-react'
import { useState } from 'react'
import type { Identity } from '@/lib/sdk/identity'
import { pageSession } from '@/lib/sdk/page-session'
import { useHarness } from '@/lib/sdk/use-page-session'
import { Button } from '../ui/button'
import { Card } from '../ui/card'
import { ConfirmDialog } from '../ui/confirm-dialog'
import { Dialog } from '../ui/dialog'

type Open = 'reveal' | 'secret' | 'new'

/** The key to everything, and another identity in its place. */
export function IdentitySection() {
  const { identity } = useHarness()
  const [open, setOpen] = useState<Open>()
  const secret = secretOf(identity)
  const close = () => setOpen(undefined)
  return (
    <Card
      title="Identity"
      description={secret?.hint ?? 'Your wallet is the key: connect it on another device, and all is there.'}
    >
      <div className="flex flex-wrap gap-2">
        {secret !== undefined && (
          <Button data-testid="reveal" onClick={() => setOpen('reveal')}>
            <Eye />
            Show {secret.name}
          </Button>
        )}
        <Button onClick={() => setOpen('new')}>
          <UserPlus />
          New identity
        </Button>
      </div>
      <ConfirmDialog
        open={open === 'reveal'}
        onOpenChange={close}
        title="Is nobody looking?"
        action="Show it"
        onConfirm={() => setOpen('secret')}
      >
        Whoever sees it can read, change and delete all your conversations, on any device, for ever.
      </ConfirmDialog>
      <Dialog
        open={open === 'secret'}
        onOpenChange={close}
        title={`Your ${secret?.name}`}
        description="Write it down. Nobody can give it back to you."
      >
        <p
          data-testid="secret"
          className="rounded-control bg-raised p-4 font-mono text-sm leading-relaxed break-words select-all"
        >
          {secret?.text}
        </p>
      </Dialog>
      <ConfirmDialog
        open={open === 'new'}
        onOpenChange={close}
        title="Begin with a new identity?"
        action="Sign out"
        onConfirm={() => void pageSession.signOut()}
      >
        This device forgets who you are. Your conversations stay on S5
        {secret === undefined
          ? ', for your wallet.'
          : `, for who has the ${secret.name}: have you written it down?`}
      </ConfirmDialog>
    </Card>
  )
}

/** What gives access to an identity, where this page knows it. */
function secretOf(identity: Identity): { name: string; text: string; hint: string } | undefined {
  if (identity.kind === 'phrase') {
    const hint = 'Fifteen words open your conversations on any device.'
    return { name: 'recovery phrase', text: identity.seedPhrase, hint }
  }
  if (identity.kind === 'development-wallet') {
    const hint = 'The private key of your development wallet opens your conversations on another device.'
    return { name: 'private key', text: identity.privateKey, hint }
  }
  return undefined
}
