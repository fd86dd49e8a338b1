'use client'

import { lazy, Suspense } from 'react'
import { Skeleton } from '../ui/skeleton'
import type { BarChartProps } from './bar-chart'
import type { LineChartProps } from './line-chart'

// Charts are large: nobody waits for them.
const Bars = lazy(() => import('./bar-chart'))
const Lines = lazy(() => import('./line-chart'))
const fallback = <Skeleton className="h-56" />

export function LineChart(props: LineChartProps) {
  return (
    <Suspense fallback={fallback}>
      <Lines {...props} />
    </Suspense>
  )
}

export function BarChart(props: BarChartProps) {
  return (
    <Suspense fallback={fallback}>
      <Bars {...props} />
    </Suspense>
  )
}

/** What the colours of a chart stand for. */
export function Legend({ series }: Pick<LineChartProps, 'series'>) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted">
      {series.map(({ name, color }) => (
        <li key={name} className="flex items-center gap-1.5">
          <span aria-hidden className="size-2.5 rounded-full" style={{ background: color }} />
          {name}
        </li>
      ))}
    </ul>
  )
}
