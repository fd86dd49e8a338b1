'use client'

import type { NewIdentityQuestion } from '@/lib/sdk/page-session'
import { Button } from '../ui/button'
import { Dialog, DialogActions } from '../ui/dialog'

/** Asks before an empty identity is opened: an empty list may also mean another account, or another portal. */
export function NewIdentityDialog({ question: { address, answer } }: { question: NewIdentityQuestion }) {
  return (
    <Dialog
      open
      onOpenChange={() => answer(false)}
      title="Is this wallet new here?"
      description="This portal has no conversations of it."
    >
      <p className="break-all rounded-control bg-raised px-3 py-2 font-mono text-xs">{address}</p>
      <p className="text-sm">
        If you have kept conversations with it before, choose the other account in your wallet, or the portal
        that you used then.
      </p>
      <DialogActions>
        <Button onClick={() => answer(false)}>No, go back</Button>
        <Button variant="primary" data-testid="confirm-new-identity" onClick={() => answer(true)}>
          Yes, it is new
        </Button>
      </DialogActions>
    </Dialog>
  )
}
