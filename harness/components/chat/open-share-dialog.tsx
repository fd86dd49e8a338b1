'use client'

import { type FormEvent, useState } from 'react'
import { describeError } from '@/lib/describe-error'
import { useHarness } from '@/lib/sdk/use-page-session'
import { Button } from '../ui/button'
import { CopyButton } from '../ui/copy-button'
import { Dialog, DialogActions } from '../ui/dialog'
import { Field, Textarea } from '../ui/input'

interface OpenShareDialogProps {
  onClose(): void
  onOpen(conversationId: string): void
}

/** Takes what somebody else has shared. */
export function OpenShareDialog({ onClose, onOpen }: OpenShareDialogProps) {
  const { storage } = useHarness().sdk
  const [capability, setCapability] = useState('')
  const [problem, setProblem] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    try {
      const { conversationId } = await storage.openShared(capability.trim())
      onOpen(conversationId)
      onClose()
    } catch (error) {
      setProblem(describeError(error))
      setBusy(false)
    }
  }
  return (
    <Dialog open onOpenChange={onClose} title="Open a share" description="A text that somebody has sent you.">
      <div className="flex items-center justify-between gap-3 text-sm">
        They need your sharing address first.
        <CopyButton size="small" text={() => storage.sharingAddress()}>
          Copy mine
        </CopyButton>
      </div>
      <form onSubmit={submit} className="flex flex-col gap-3">
        <Field label="What they have sent you" error={problem}>
          {(field) => (
            <Textarea
              {...field}
              rows={4}
              value={capability}
              onChange={({ target }) => setCapability(target.value)}
            />
          )}
        </Field>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={isBusy || capability.trim() === ''}>
            {isBusy ? 'Opening …' : 'Open'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
