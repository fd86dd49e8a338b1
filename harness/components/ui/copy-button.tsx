'use client'

import { Check, Copy } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { copyText } from '@/lib/clipboard'
import { Button, type ButtonProps } from './button'
import { Dialog } from './dialog'
import { Textarea } from './input'

const SHOWN_MS = 2_000

interface CopyButtonProps extends Omit<ButtonProps, 'onClick' | 'children'> {
  /** What is copied; a function is asked when somebody copies. */
  text: string | (() => string | Promise<string>)
  children?: ReactNode
}

/** Copies a text, and where the browser refuses that, shows it to be copied by hand. */
export function CopyButton({ text, children, ...button }: CopyButtonProps) {
  const [isCopied, setCopied] = useState(false)
  const [refused, setRefused] = useState<string>()
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [isCopied])
  const copy = async () => {
    const content = typeof text === 'string' ? text : await text()
    if (await copyText(content)) setCopied(true)
    else setRefused(content)
  }
  return (
    <>
      <Button {...button} onClick={copy}>
        {isCopied ? <Check /> : <Copy />}
        {children}
        <span role="status" className="sr-only">
          {isCopied ? 'Copied' : ''}
        </span>
      </Button>
      <Dialog
        open={refused !== undefined}
        onOpenChange={() => setRefused(undefined)}
        title="Copy it by hand"
        description="This browser does not let the page copy. The text is selected: press Ctrl+C or ⌘C."
      >
        <Textarea
          readOnly
          rows={8}
          aria-label="The text to copy"
          data-testid="copy-by-hand"
          className="font-mono text-xs"
          value={refused ?? ''}
          onFocus={({ target }) => target.select()}
        />
      </Dialog>
    </>
  )
}
