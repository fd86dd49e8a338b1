'use client'

import { Copy } from 'lucide-react'
import { useId, useRef, useState } from 'react'
import { Button } from '../ui/button'
import { Textarea } from '../ui/input'

interface CopyableTextProps {
  label: string
  text: string
}

/** A text to take along; where the clipboard is refused, it is selected instead. */
export function CopyableText({ label, text }: CopyableTextProps) {
  const id = useId()
  const area = useRef<HTMLTextAreaElement>(null)
  const [outcome, setOutcome] = useState('')
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      setOutcome('Copied')
    } catch {
      area.current?.select()
      setOutcome('The clipboard is not allowed here: the text is selected, copy it by the keyboard')
    }
  }
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <label htmlFor={id} className="text-sm font-medium">
          {label}
        </label>
        <span className="flex items-center gap-3">
          <span role="status" className="text-xs text-muted">
            {outcome}
          </span>
          <Button size="small" onClick={copy}>
            <Copy />
            Copy
          </Button>
        </span>
      </div>
      <Textarea ref={area} id={id} dir="ltr" readOnly rows={6} value={text} className="font-mono text-xs" />
    </div>
  )
}
