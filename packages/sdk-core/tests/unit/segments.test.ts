import { expect, it } from 'vitest'
import type { SegmentRef } from '../../src/conversation/head'
import { emptyHead } from '../../src/conversation/state'
import { describeRecords, meltSegments, type NewSegment, segmentsToCompact } from '../../src/storage/segments'
import { prose } from '../support/prose'

const MEBIBYTE = 1024 * 1024

/** A segment of two records that together are just too small to count as full. */
function segmentOf(index: number): NewSegment {
  const record = (half: number) => {
    const order = index * 2 + half
    return {
      id: `m${order}`,
      order,
      stamp: 0,
      device: 'd',
      version: 1,
      body: { content: prose(0.95 * MEBIBYTE, order) },
    }
  }
  return { name: `s${index}`, tier: 0, records: [record(0), record(1)] }
}

function refOf({ name, tier, records }: NewSegment): SegmentRef {
  return { name, tier, hash: new Uint8Array(32), size: 1, ...describeRecords(records) }
}

it('Compaction comes to an end, however large a conversation is', () => {
  let segments = Array.from({ length: 24 }, (_, i) => segmentOf(i))
  let rounds = 0
  for (let due = refsDue(segments); due.length > 0 && rounds < 50; due = refsDue(segments)) {
    const names = new Set(due.map(({ name }) => name))
    const read = segments.filter(({ name }) => names.has(name))
    const sealed = new Map(
      read.map(({ name, records }) => [name, new Map(records.map((each) => [each.id, each]))]),
    )
    segments = [...segments.filter(({ name }) => !names.has(name)), ...meltSegments(due, sealed)]
    rounds += 1
  }
  expect(rounds).toBeLessThan(10)
  expect(segments.flatMap(({ records }) => records)).toHaveLength(48)
})

function refsDue(segments: readonly NewSegment[]): readonly SegmentRef[] {
  return segmentsToCompact({ ...emptyHead('c'), segments: segments.map(refOf) })
}
