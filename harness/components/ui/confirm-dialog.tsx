'use client'

import { type ReactNode, useState } from 'react'
import { Button } from './button'
import { Dialog, DialogActions } from './dialog'
import { Field, Input } from './input'

interface ConfirmDialogProps {
  open: boolean
  onOpenChange(open: boolean): void
  title: string
  /** What has to be typed before the button can be pressed. */
  phrase?: string
  action: string
  onConfirm(): void
  children: ReactNode
}

/** Asks before what cannot be taken back. */
export function ConfirmDialog({ phrase, action, onConfirm, children, ...dialog }: ConfirmDialogProps) {
  const [typed, setTyped] = useState('')
  const change = (open: boolean) => {
    setTyped('')
    dialog.onOpenChange(open)
  }
  const confirm = () => {
    change(false)
    onConfirm()
  }
  return (
    <Dialog {...dialog} onOpenChange={change}>
      <div className="text-sm">{children}</div>
      {phrase !== undefined && (
        <Field label={`Type “${phrase}” to go on`}>
          {(field) => (
            <Input
              {...field}
              autoComplete="off"
              value={typed}
              onChange={({ target }) => setTyped(target.value)}
            />
          )}
        </Field>
      )}
      <DialogActions>
        <Button onClick={() => change(false)}>Cancel</Button>
        <Button
          variant="danger"
          data-testid="confirm"
          disabled={phrase !== undefined && typed !== phrase}
          onClick={confirm}
        >
          {action}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
