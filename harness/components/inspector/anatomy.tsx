'use client'

import type { ConversationInspection, Sdk } from '@s5-conversations/sdk-core'
import { RefreshCw } from 'lucide-react'
import { useCallback, useEffect, useState } from 'react'
import { describeError } from '@/lib/describe-error'
import { formatBytes } from '@/lib/format'
import { formatCount, formatMoment } from '@/lib/lab/format'
import { Code, Facts } from '../lab/facts'
import { Problem } from '../lab/problem'
import { Badge } from '../ui/badge'
import { Button } from '../ui/button'
import { Card } from '../ui/card'
import { Skeleton } from '../ui/skeleton'
import { Cell, Table } from '../ui/table'

interface AnatomyProps {
  sdk: Sdk
  conversationId: string
}

/** Registry entry, head and segments of a conversation, as they are on the portals. */
export function Anatomy({ sdk, conversationId }: AnatomyProps) {
  const { inspection, problem, read } = useInspection(sdk, conversationId)
  return (
    <Card
      title="On the portals"
      description="One registry entry names one head; the head names the segments."
      actions={
        <Button onClick={read}>
          <RefreshCw />
          Read again
        </Button>
      }
    >
      <Problem text={problem} />
      {inspection === undefined && problem === undefined && <Skeleton className="h-48" />}
      {inspection !== undefined && <Parts inspection={inspection} />}
    </Card>
  )
}

function Parts({ inspection }: { inspection: ConversationInspection }) {
  return (
    <div className="flex flex-col gap-6" data-testid="anatomy">
      <section aria-label="Registry entry" className="flex flex-col gap-3">
        <h3 className="text-sm font-medium">Registry entry</h3>
        <Facts facts={[['Key', <Code key="key">{inspection.registryKey}</Code>]]} />
        <Table caption="What each portal says" head={['Portal', 'Revision', 'Names the head']}>
          {inspection.entries.map(({ portal, revision, cid }) => (
            <tr key={portal}>
              <Cell>{portal}</Cell>
              <Cell>{revision}</Cell>
              <Cell className="min-w-64">{cid === undefined ? 'nothing' : <Code>{cid}</Code>}</Cell>
            </tr>
          ))}
        </Table>
      </section>
      <Head inspection={inspection} />
      <Segments segments={inspection.segments} />
    </div>
  )
}

function Head({ inspection }: { inspection: ConversationInspection }) {
  const { version, cid, isSealed, updatedAt, messageCount, tailRecords } = inspection
  const { receipts, parents, checkpoints, clock, epoch, sessionEpoch } = inspection
  return (
    <section aria-label="Head" className="flex flex-col gap-3">
      <h3 className="flex items-center gap-2 text-sm font-medium">
        Head
        <Badge tone={isSealed ? 'good' : 'warning'}>{isSealed ? 'sealed' : 'plain'}</Badge>
      </h3>
      <Facts
        facts={[
          ['Version', `${version}, of ${formatMoment(updatedAt)}`],
          ['Content id', cid === undefined ? 'no quorum holds it yet' : <Code key="cid">{cid}</Code>],
          [
            'Messages',
            `${formatCount(messageCount)}; ${formatCount(tailRecords)} records lie in the head itself`,
          ],
          ['Receipts', `${receipts.count} idempotency keys, complete from version ${receipts.from}`],
          [
            'Built on',
            parents.length === 0 ? 'nothing: it is the first' : <HashList key="on" hashes={parents} />,
          ],
          ['Kept versions', checkpoints.map(({ version: kept }) => kept).join(', ') || 'none yet'],
          ['Epochs', `keys ${epoch}, session ${sessionEpoch}`],
          ['Clock', <Code key="clock">{clockText(clock)}</Code>],
        ]}
      />
    </section>
  )
}

function HashList({ hashes }: { hashes: readonly string[] }) {
  return (
    <ul>
      {hashes.map((hash) => (
        <li key={hash}>
          <Code>{hash}</Code>
        </li>
      ))}
    </ul>
  )
}

function Segments({ segments }: Pick<ConversationInspection, 'segments'>) {
  return (
    <section aria-label="Segments" className="flex flex-col gap-3">
      <h3 className="text-sm font-medium">Segments</h3>
      {segments.length === 0 ? (
        <p className="text-sm text-muted">None: everything fits into the head.</p>
      ) : (
        <Table caption="Segments" head={['Content id', 'Size', 'Records', 'Tier', 'Versions']}>
          {segments.map(({ cid, bytes, records, tier, firstVersion, lastVersion }) => (
            <tr key={cid}>
              <Cell className="min-w-64">
                <Code>{cid}</Code>
              </Cell>
              <Cell className="whitespace-nowrap">{formatBytes(bytes)}</Cell>
              <Cell>{formatCount(records)}</Cell>
              <Cell>{tier}</Cell>
              <Cell className="whitespace-nowrap">{`${firstVersion} to ${lastVersion}`}</Cell>
            </tr>
          ))}
        </Table>
      )}
    </section>
  )
}

function clockText(clock: ConversationInspection['clock']): string {
  return Object.entries(clock)
    .map(([device, version]) => `${device} ${version}`)
    .join(', ')
}

function useInspection({ storage }: Sdk, conversationId: string) {
  const [state, setState] = useState<{ inspection?: ConversationInspection; problem?: string }>({})
  const read = useCallback(async () => {
    try {
      const inspection = await storage.inspectConversation(conversationId)
      setState(inspection === undefined ? { problem: NOT_THERE } : { inspection })
    } catch (error) {
      setState({ problem: describeError(error) })
    }
  }, [storage, conversationId])
  useEffect(() => void read(), [read])
  return { ...state, read }
}

const NOT_THERE = 'The portal does not have it: perhaps it is still in the outbox of this device.'
