'use client'

import { FileUp, Inbox, Plus, Search } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import type { History } from '@/lib/chat/use-history-search'
import { Button } from '../ui/button'
import { Input } from '../ui/input'
import { Tabs } from '../ui/tabs'
import { ConversationList } from './conversation-list'
import { SearchResults } from './search-results'
import { SessionList } from './session-list'

const ImportDialog = lazy(() => import('./import-dialog').then((m) => ({ default: m.ImportDialog })))
const OpenShareDialog = lazy(() =>
  import('./open-share-dialog').then((m) => ({ default: m.OpenShareDialog })),
)

interface SidebarProps {
  history: History
  openId: string | undefined
  onOpen(id: string): void
  onStart(): void
}

/** All conversations and sessions, and what brings more of them. */
export function Sidebar({ history, openId, onOpen, onStart }: SidebarProps) {
  const [query, setQuery] = useState('')
  const [dialog, setDialog] = useState<'import' | 'share'>()
  const close = () => setDialog(undefined)
  return (
    <aside
      aria-label="Conversations"
      className="flex h-full w-full flex-col border-r border-line bg-surface md:w-72"
    >
      <div className="flex flex-col gap-3 p-4 pb-2">
        <Button variant="primary" data-testid="start-session" onClick={onStart}>
          <Plus />
          Start a session
        </Button>
        <div className="relative">
          <Search className="pointer-events-none absolute top-2.5 left-3 size-4 text-muted" aria-hidden />
          <Input
            type="search"
            aria-label="Search in your conversations"
            placeholder="Search conversations"
            className="pl-9"
            value={query}
            onChange={({ target }) => setQuery(target.value)}
          />
        </div>
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto px-4">
        {query.trim() !== '' ? (
          <SearchResults history={history} query={query} onOpen={onOpen} />
        ) : (
          <Tabs
            label="What is listed"
            tabs={[
              {
                value: 'conversations',
                title: 'Conversations',
                content: <ConversationList openId={openId} onOpen={onOpen} />,
              },
              { value: 'sessions', title: 'Sessions', content: <SessionList onOpen={onOpen} /> },
            ]}
          />
        )}
      </div>
      <div className="flex gap-2 border-t border-line p-4">
        <Button size="small" className="flex-1" data-testid="import" onClick={() => setDialog('import')}>
          <FileUp />
          Import
        </Button>
        <Button size="small" className="flex-1" onClick={() => setDialog('share')}>
          <Inbox />
          Open a share
        </Button>
      </div>
      <Suspense>
        {dialog === 'import' && <ImportDialog onClose={close} />}
        {dialog === 'share' && <OpenShareDialog onClose={close} onOpen={onOpen} />}
      </Suspense>
    </aside>
  )
}
