'use client'

import { Pencil } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { toast } from 'sonner'
import { describeError } from '@/lib/describe-error'
import { useHarness } from '@/lib/sdk/use-page-session'
import { Button } from '../ui/button'
import { Input } from '../ui/input'

interface TitleEditorProps {
  conversationId: string
  title: string
  /** Only what is stored can be renamed. */
  isStored: boolean
}

export function TitleEditor({ conversationId, title, isStored }: TitleEditorProps) {
  const { storage } = useHarness().sdk
  const [text, setText] = useState<string>()
  const rename = async (event: FormEvent) => {
    event.preventDefault()
    const renamed = text?.trim()
    setText(undefined)
    if (!renamed || renamed === title) return
    try {
      await storage.updateConversation(conversationId, { title: renamed })
    } catch (error) {
      toast.error(describeError(error))
    }
  }
  if (text === undefined) {
    return (
      <div className="order-last flex min-w-0 basis-full items-center gap-1 md:order-none md:basis-auto">
        <h2 dir="auto" data-testid="title" className="truncate font-semibold">
          {title}
        </h2>
        <Button
          variant="ghost"
          size="smallIcon"
          aria-label="Rename the conversation"
          disabled={!isStored}
          onClick={() => setText(title)}
        >
          <Pencil />
        </Button>
      </div>
    )
  }
  return (
    <form
      onSubmit={rename}
      className="order-last flex basis-full items-center gap-2 md:order-none md:basis-auto"
    >
      <Input
        autoFocus
        aria-label="Title"
        className="md:w-64"
        value={text}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={({ key }) => key === 'Escape' && setText(undefined)}
      />
      <Button type="submit" size="small">
        Rename
      </Button>
    </form>
  )
}
