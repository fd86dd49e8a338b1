'use client'

import { type FormEvent, useState } from 'react'
import { useShares } from '@/lib/chat/use-shares'
import { describeError } from '@/lib/describe-error'
import { Button } from '../ui/button'
import { CopyButton } from '../ui/copy-button'
import { Dialog } from '../ui/dialog'
import { Field, Textarea } from '../ui/input'
import { Switch } from '../ui/switch'
import { ShareList } from './share-list'

interface ShareDialogProps {
  conversationId: string
  onClose(): void
}

/** Gives a conversation to somebody else, and takes it back. */
export function ShareDialog({ conversationId, onClose }: ShareDialogProps) {
  const { shares, share, revoke } = useShares(conversationId)
  const [to, setTo] = useState('')
  const [write, setWrite] = useState(false)
  const [capability, setCapability] = useState<string>()
  const [problem, setProblem] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setProblem(undefined)
    try {
      setCapability(await share(to.trim(), write))
    } catch (error) {
      setProblem(describeError(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Share this conversation"
      description="With one other person, and nothing else of yours."
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field
          label="Their sharing address"
          hint="They find it on the overview page, below Identity."
          error={problem}
        >
          {(field) => (
            <Textarea {...field} rows={3} value={to} onChange={({ target }) => setTo(target.value)} />
          )}
        </Field>
        <Switch label="They may write in it, too" checked={write} onCheckedChange={setWrite} />
        <Button type="submit" variant="primary" className="self-end" disabled={isBusy || to.trim() === ''}>
          {isBusy ? 'Sealing it for them …' : 'Share'}
        </Button>
      </form>
      {capability !== undefined && (
        <div className="flex flex-col items-end gap-2">
          <Textarea
            readOnly
            rows={4}
            aria-label="What to send them"
            data-testid="capability"
            value={capability}
          />
          <CopyButton text={capability}>Copy, and send it to them</CopyButton>
        </div>
      )}
      <ShareList shares={shares} onRevoke={revoke} />
    </Dialog>
  )
}
