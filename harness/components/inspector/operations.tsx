'use client'

import type { Sdk } from '@s5-conversations/sdk-core'
import { useState } from 'react'
import { formatBytes } from '@/lib/format'
import { formatMs } from '@/lib/lab/format'
import { type Measurement, measure } from '@/lib/lab/measure'
import { useAction } from '@/lib/lab/use-action'
import type { Harness } from '@/lib/sdk/harness'
import { Problem } from '../lab/problem'
import { Button } from '../ui/button'
import { Card } from '../ui/card'
import { Cell, Table } from '../ui/table'

const OPERATIONS: readonly { name: string; run(sdk: Sdk, id: string): Promise<unknown> }[] = [
  { name: 'First load', run: ({ storage }, id) => storage.loadConversation(id) },
  { name: 'Load again', run: ({ storage }, id) => storage.loadConversation(id) },
  { name: 'Load the last ten', run: ({ storage }, id) => storage.loadConversation(id, { limit: 10 }) },
  { name: 'List conversations', run: ({ storage }) => storage.listConversations({ limit: 20 }) },
  { name: 'Inspect', run: ({ storage }, id) => storage.inspectConversation(id) },
  { name: 'Verify', run: ({ storage }, id) => storage.verifyConversation(id) },
]

interface OperationsProps {
  harness: Harness
  conversationId: string
}

/** What reading the conversation costs a device that knows nothing of it. */
export function Operations({ harness, conversationId }: OperationsProps) {
  const [rows, setRows] = useState<readonly Row[]>([])
  const { run, isBusy, problem } = useAction(async () => {
    setRows(await measureAll(harness, conversationId))
  })
  return (
    <Card
      title="Cost of each operation"
      description="Measured with a fresh client, like that of a device that was just signed in. Nothing is written."
      actions={
        <Button onClick={() => run()} disabled={isBusy} data-testid="measure-operations">
          {isBusy ? 'Measuring …' : 'Measure'}
        </Button>
      }
    >
      <Problem text={problem} />
      {rows.length > 0 && (
        <Table caption="Cost of each operation" head={['Operation', 'Requests', 'Sent', 'Received', 'Time']}>
          {rows.map(({ name, requests, bytesUp, bytesDown, ms }) => (
            <tr key={name}>
              <Cell>{name}</Cell>
              <Cell>{requests}</Cell>
              <Cell>{formatBytes(bytesUp)}</Cell>
              <Cell>{formatBytes(bytesDown)}</Cell>
              <Cell>{formatMs(ms)}</Cell>
            </tr>
          ))}
        </Table>
      )}
    </Card>
  )
}

interface Row extends Measurement {
  name: string
}

async function measureAll(harness: Harness, conversationId: string): Promise<Row[]> {
  const sdk = await harness.openAnotherClient()
  const rows: Row[] = []
  try {
    for (const { name, run } of OPERATIONS) {
      rows.push({ name, ...(await measure(sdk, () => run(sdk, conversationId))) })
    }
    return rows
  } finally {
    await sdk.close()
  }
}
