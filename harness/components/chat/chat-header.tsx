'use client'

import type { AIChat } from '@s5-conversations/react'
import { EllipsisVertical, FileCode, FileText, LogOut, Share2, Trash2 } from 'lucide-react'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { toast } from 'sonner'
import { describeError } from '@/lib/describe-error'
import { downloadFile, fileNameOf } from '@/lib/download'
import { useHarness } from '@/lib/sdk/use-page-session'
import { SyncBadge } from '../sync/sync-badge'
import { Button } from '../ui/button'
import { ConfirmDialog } from '../ui/confirm-dialog'
import { Menu, MenuItem } from '../ui/menu'
import { SaveButton } from './save-button'
import { TitleEditor } from './title-editor'

const ShareDialog = lazy(() => import('./share-dialog').then((m) => ({ default: m.ShareDialog })))

interface ChatHeaderProps {
  chat: AIChat
  title: string
  listButton: ReactNode
  onEnd(): void
  onOpen(conversationId: string | undefined): void
}

/** What the conversation is called, where it is, and what can be done with all of it. */
export function ChatHeader({ chat, title, listButton, onEnd, onOpen }: ChatHeaderProps) {
  const { storage } = useHarness().sdk
  const { conversationId } = chat
  const [dialog, setDialog] = useState<'share' | 'delete'>()
  const isEmpty = chat.messages.length === 0
  const run = (task: () => Promise<void>) =>
    void task().catch((error: unknown) => toast.error(describeError(error)))
  const exportAs = (format: 'json' | 'markdown') =>
    run(async () => {
      const text = await storage.exportConversation(conversationId, format)
      const [ending, type] = format === 'json' ? ['json', 'application/json'] : ['md', 'text/markdown']
      downloadFile(`${fileNameOf(title)}.${ending}`, type, [text])
    })
  const remove = () =>
    run(async () => {
      await chat.stop()
      await storage.deleteConversation(conversationId)
      onOpen(undefined)
    })
  return (
    <header className="flex flex-wrap items-center gap-2 border-b md:flex-nowrap border-line bg-surface px-3 py-2">
      {listButton}
      <TitleEditor conversationId={conversationId} title={title} isStored={!isEmpty} />
      <div className="ml-auto flex shrink-0 items-center gap-2">
        <SyncBadge />
        <SaveButton />
        <Button size="small" data-testid="end-session" onClick={onEnd}>
          <LogOut />
          End session
        </Button>
        <Menu
          trigger={
            <Button
              variant="ghost"
              size="smallIcon"
              aria-label="More about this conversation"
              disabled={isEmpty}
            >
              <EllipsisVertical />
            </Button>
          }
        >
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
      </div>
      <Suspense>
        {dialog === 'share' && (
          <ShareDialog conversationId={conversationId} onClose={() => setDialog(undefined)} />
        )}
      </Suspense>
      <ConfirmDialog
        open={dialog === 'delete'}
        onOpenChange={() => setDialog(undefined)}
        title="Delete this conversation?"
        action="Delete it"
        onConfirm={remove}
      >
        “{title}” is deleted on S5 and on all your devices, and cannot be brought back.
      </ConfirmDialog>
    </header>
  )
}
