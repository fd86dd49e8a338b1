'use client'

import { type FormEvent, useState } from 'react'
import { Button } from '../ui/button'
import { Textarea } from '../ui/input'

interface MessageEditorProps {
  text: string
  onSave(text: string): void
  onClose(): void
}

export function MessageEditor({ text, onSave, onClose }: MessageEditorProps) {
  const [edited, setEdited] = useState(text)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (edited !== text) onSave(edited)
    onClose()
  }
  return (
    <form onSubmit={submit} className="flex w-[min(36rem,80vw)] flex-col gap-2">
      <Textarea
        autoFocus
        aria-label="The message"
        className="field-sizing-content max-h-60"
        value={edited}
        onChange={({ target }) => setEdited(target.value)}
        onKeyDown={({ key }) => key === 'Escape' && onClose()}
      />
      <div className="flex justify-end gap-2">
        <Button size="small" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" size="small" variant="primary" disabled={edited.trim() === ''}>
          Save the change
        </Button>
      </div>
    </form>
  )
}
