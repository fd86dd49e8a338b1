import type { ChatMessage } from '@s5-conversations/react'
import { Check, CheckCheck, CircleAlert, CloudUpload, LoaderCircle } from 'lucide-react'
import type { ReactNode } from 'react'

const STATUSES: Record<ChatMessage['status'], { icon: ReactNode; text: string }> = {
  saving: { icon: <LoaderCircle className="animate-spin" />, text: 'Saving' },
  streaming: { icon: <LoaderCircle className="animate-spin" />, text: 'Answering' },
  'saved locally': { icon: <Check />, text: 'On this device' },
  syncing: { icon: <CloudUpload />, text: 'Being sent' },
  saved: { icon: <CheckCheck />, text: 'Saved' },
  failed: { icon: <CircleAlert className="text-danger" />, text: 'Not saved' },
}

const ENDS: Record<string, string> = { aborted: 'stopped', failed: 'cut off', interrupted: 'interrupted' }

/** Where a message is, and whether an answer came to its end. */
export function MessageStatus({ message: { status, metadata, editedAt } }: { message: ChatMessage }) {
  const { icon, text } = STATUSES[status]
  const end = ENDS[String(metadata?.status)]
  return (
    <span className="inline-flex items-center gap-1 [&_svg]:size-3.5">
      {icon}
      {text}
      {end !== undefined && ` · ${end}`}
      {editedAt !== undefined && ' · edited'}
    </span>
  )
}
