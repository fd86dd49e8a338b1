'use client'

import type { AIChat } from '@s5-conversations/react'
import { EllipsisVertical, FileCode, FileText, Share2, Trash2 } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { toast } from 'sonner'
import { describeError } from '@/lib/describe-error'
import { downloadFile, fileNameOf } from '@/lib/download'
import { useHarness } from '@/lib/sdk/use-page-session'
import { Button } from '../ui/button'
import { ConfirmDialog } from '../ui/confirm-dialog'
import { Menu, MenuItem } from '../ui/menu'

const ShareDialog = lazy(() => import('./share-dialog').then((m) => ({ default: m.ShareDialog })))

const FILES = {
  json: { ending: 'json', type: 'application/json' },
  markdown: { ending: 'md', type: 'text/markdown' },
}

interface ChatMenuProps {
  chat: AIChat
  title: string
  /** There is nothing to do with what is not stored. */
  isStored: boolean
  onDeleted(): void
}

/** What is done with a conversation now and then. */
export function ChatMenu({ chat, title, isStored, onDeleted }: ChatMenuProps) {
  const [dialog, setDialog] = useState<'share' | 'delete'>()
  const { exportAs, remove } = useConversationTasks(chat, title, onDeleted)
  const close = () => setDialog(undefined)
  const trigger = (
    <Button variant="ghost" size="smallIcon" aria-label="More about this conversation" disabled={!isStored}>
      <EllipsisVertical />
    </Button>
  )
  return (
    <>
      <Menu trigger={trigger}>
        <MenuItem icon={<Share2 />} onSelect={() => setDialog('share')}>
          Share …
        </MenuItem>
        <MenuItem icon={<FileCode />} onSelect={() => exportAs('json')}>
          Export as JSON
        </MenuItem>
        <MenuItem icon={<FileText />} onSelect={() => exportAs('markdown')}>
          Export as Markdown
        </MenuItem>
        <MenuItem icon={<Trash2 />} danger onSelect={() => setDialog('delete')}>
          Delete …
        </MenuItem>
      </Menu>
      <Suspense>
        {dialog === 'share' && <ShareDialog conversationId={chat.conversationId} onClose={close} />}
      </Suspense>
      <ConfirmDialog
        open={dialog === 'delete'}
        onOpenChange={close}
        title="Delete this conversation?"
        action="Delete it"
        onConfirm={remove}
      >
        “{title}” is deleted on S5 and on all your devices, and cannot be brought back.
      </ConfirmDialog>
    </>
  )
}

/** What goes wrong is shown. */
function useConversationTasks({ conversationId, stop }: AIChat, title: string, onDeleted: () => void) {
  const { storage } = useHarness().sdk
  const run = (task: () => Promise<void>) =>
    void task().catch((error: unknown) => toast.error(describeError(error)))
  const exportAs = (format: keyof typeof FILES) =>
    run(async () => {
      const text = await storage.exportConversation(conversationId, format)
      const { ending, type } = FILES[format]
      downloadFile(`${fileNameOf(title)}.${ending}`, type, [text])
    })
  const remove = () =>
    run(async () => {
      await stop()
      await storage.deleteConversation(conversationId)
      onDeleted()
    })
  return { exportAs, remove }
}
