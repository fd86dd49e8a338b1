'use client'

import type { Sdk, VersionInfo } from '@s5-conversations/sdk-core'
import { History } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { formatCount, formatMoment } from '@/lib/lab/format'
import { useAction } from '@/lib/lab/use-action'
import { Code } from '../lab/facts'
import { LineChart } from '../lab/lazy-charts'
import { Problem } from '../lab/problem'
import { Badge } from '../ui/badge'
import { Button } from '../ui/button'
import { Card } from '../ui/card'
import { Cell, Table } from '../ui/table'

/** Each version costs a request: more are listed on demand. */
const SHOWN = 20
const SERIES = [{ name: 'Messages', color: 'var(--accent)' }]

interface VersionsProps {
  sdk: Sdk
  conversationId: string
}

/** The chain of versions that can still be loaded, back from the newest. */
export function Versions({ sdk, conversationId }: VersionsProps) {
  const [versions, setVersions] = useState<readonly VersionInfo[]>()
  const controller = useRef<AbortController>(undefined)
  useEffect(() => () => controller.current?.abort(), [])
  const { run, isBusy, problem } = useAction(async () => {
    controller.current = new AbortController()
    setVersions(await readVersions(sdk, conversationId, controller.current.signal))
  })
  return (
    <Card
      title="Versions"
      description={`The newest ${SHOWN} that can still be loaded. Each names the one before it.`}
      actions={
        <Button onClick={() => run()} disabled={isBusy} data-testid="list-versions">
          <History />
          {isBusy ? 'Reading …' : 'Read the chain'}
        </Button>
      }
    >
      <Problem text={problem} />
      {versions !== undefined && (
        <div className="flex flex-col gap-4">
          {versions.length > 1 && <LineChart series={SERIES} points={versions.map(toPoint).reverse()} />}
          <VersionTable versions={versions} />
        </div>
      )}
    </Card>
  )
}

function VersionTable({ versions }: { versions: readonly VersionInfo[] }) {
  return (
    <Table caption="Versions" head={['Version', 'Made', 'Messages', 'Kept', 'Content id']}>
      {versions.map(({ version, cid, updatedAt, messageCount, kept }) => (
        <tr key={cid}>
          <Cell>{version}</Cell>
          <Cell className="whitespace-nowrap">{formatMoment(updatedAt)}</Cell>
          <Cell>{formatCount(messageCount)}</Cell>
          <Cell className="whitespace-nowrap">
            {kept ? <Badge tone="good">for good</Badge> : 'a day at least'}
          </Cell>
          <Cell className="min-w-64">
            <Code>{cid}</Code>
          </Cell>
        </tr>
      ))}
    </Table>
  )
}

function toPoint({ version, messageCount }: VersionInfo) {
  return { x: version, Messages: messageCount }
}

async function readVersions(
  { storage }: Sdk,
  conversationId: string,
  signal: AbortSignal,
): Promise<VersionInfo[]> {
  const versions: VersionInfo[] = []
  for await (const version of storage.listVersions(conversationId, { signal })) {
    versions.push(version)
    if (versions.length === SHOWN) break
  }
  return versions
}
