'use client'

import { HardDrive } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../ui/button'
import { Dialog, DialogActions } from '../ui/dialog'

/** Has the portal forget all that it holds, of everybody: asked twice. */
export function LoseDisk({ onLose }: { onLose(): Promise<void> }) {
  const [isOpen, setOpen] = useState(false)
  const lose = async () => {
    setOpen(false)
    await onLose()
  }
  return (
    <>
      <Button variant="danger" onClick={() => setOpen(true)}>
        <HardDrive />
        Lose the disk …
      </Button>
      <Dialog
        open={isOpen}
        onOpenChange={setOpen}
        title="Lose the portal's disk?"
        description="Entries, blobs, accounts and tokens are forgotten, of everybody who uses this portal. What only this portal holds is gone for good."
      >
        <DialogActions>
          <Button onClick={() => setOpen(false)}>Keep it</Button>
          <Button variant="danger" onClick={lose} data-testid="lose-disk">
            Forget everything
          </Button>
        </DialogActions>
      </Dialog>
    </>
  )
}
