'use client'

import { useSyncStatus } from '@s5-conversations/react'
import { RotateCcw } from 'lucide-react'
import { useState } from 'react'
import { resetDevice } from '@/lib/sdk/reset-device'
import { Button } from '../ui/button'
import { Card } from '../ui/card'
import { ConfirmDialog } from '../ui/confirm-dialog'

/** This browser as if it had never been here. */
export function ResetSection() {
  const { waiting, failed } = useSyncStatus()
  const [isAsking, setAsking] = useState(false)
  const unsent = waiting + failed
  return (
    <Card
      title="Reset everything"
      description="This browser forgets all identities, copies and settings. What is on S5 stays."
    >
      <Button variant="danger" onClick={() => setAsking(true)}>
        <RotateCcw />
        Reset this browser
      </Button>
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title="Reset this browser?"
        phrase="reset"
        action="Reset"
        onConfirm={() => void resetDevice()}
      >
        {unsent > 0 && (
          <strong className="mb-2 block text-danger">
            {unsent} changes are not on S5 yet, and will be lost.
          </strong>
        )}
        Have you written down your private key or recovery phrase? Without it a development identity cannot be
        opened again.
      </ConfirmDialog>
    </Card>
  )
}
