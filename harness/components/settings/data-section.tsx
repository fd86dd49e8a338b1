'use client'

import { Download, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { toast } from 'sonner'
import { describeError } from '@/lib/describe-error'
import { downloadFile } from '@/lib/download'
import { useHarness } from '@/lib/sdk/use-page-session'
import { Button } from '../ui/button'
import { Card } from '../ui/card'
import { ConfirmDialog } from '../ui/confirm-dialog'

/** All conversations: taken along, or taken away. */
export function DataSection() {
  const { sdk } = useHarness()
  const [progress, setProgress] = useState<string>()
  const [isAsking, setAsking] = useState(false)
  const run = async (task: () => Promise<string>) => {
    setProgress('Starting …')
    try {
      toast.success(await task())
    } catch (error) {
      toast.error(describeError(error))
    } finally {
      setProgress(undefined)
    }
  }
  const exportAll = async () => {
    const lines: string[] = []
    const onProgress = ({ conversations, total }: { conversations: number; total: number }) =>
      setProgress(`${conversations} of ${total} exported`)
    for await (const line of sdk.storage.exportConversations({ onProgress })) lines.push(line)
    downloadFile('conversations.jsonl', 'application/jsonl', lines)
    return `${lines.length} conversations exported`
  }
  const deleteAll = async () => {
    await sdk.auth.deleteAllData()
    return 'All your conversations are deleted'
  }
  return (
    <Card
      title="Your data"
      description="One file with everything, readable by whoever has it. Chat imports it again."
    >
      <div className="flex flex-wrap items-center gap-2">
        <Button disabled={progress !== undefined} onClick={() => void run(exportAll)}>
          <Download />
          Export all
        </Button>
        <Button variant="danger" disabled={progress !== undefined} onClick={() => setAsking(true)}>
          <Trash2 />
          Delete all my data
        </Button>
        <span role="status" className="text-sm text-muted">
          {progress}
        </span>
      </div>
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title="Delete all your conversations?"
        phrase="delete everything"
        action="Delete everything"
        onConfirm={() => void run(deleteAll)}
      >
        They are deleted on S5 and on all your devices, and cannot be brought back. Export them first if they
        matter.
      </ConfirmDialog>
    </Card>
  )
}
