'use client'

import {
  Bar,
  CartesianGrid,
  BarChart as Recharts,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts'
import { MARGIN, TICK, TOOLTIP } from './chart-style'

export interface BarChartProps {
  /** What the bars measure. */
  name: string
  bars: readonly { label: string; value: number }[]
}

/** A picture only: the same numbers stand beside it as text. */
export default function BarChart({ name, bars }: BarChartProps) {
  return (
    <div aria-hidden className="h-56 w-full overflow-hidden">
      <ResponsiveContainer>
        <Recharts data={[...bars]} margin={MARGIN} accessibilityLayer={false}>
          <CartesianGrid stroke="var(--line)" vertical={false} />
          <XAxis dataKey="label" tick={TICK} stroke="var(--line)" interval={0} />
          <YAxis tick={TICK} stroke="var(--line)" />
          <Tooltip contentStyle={TOOLTIP} cursor={{ fill: 'var(--raised)' }} isAnimationActive={false} />
          <Bar dataKey="value" name={name} fill="var(--accent)" radius={4} isAnimationActive={false} />
        </Recharts>
      </ResponsiveContainer>
    </div>
  )
}
