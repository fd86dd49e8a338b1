'use client'

import {
  CartesianGrid,
  Line,
  LineChart as Recharts,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts'
import { MARGIN, TICK, TOOLTIP } from './chart-style'

export interface Series {
  name: string
  /** A CSS colour. */
  color: string
}

export interface LineChartProps {
  series: readonly Series[]
  /** One object for each point: its `x`, and a number for each series by its name. */
  points: readonly Readonly<Record<string, number>>[]
}

/** A picture only: the same numbers stand beside it as text. */
export default function LineChart({ series, points }: LineChartProps) {
  return (
    <div aria-hidden className="h-56 w-full overflow-hidden">
      <ResponsiveContainer>
        <Recharts data={[...points]} margin={MARGIN} accessibilityLayer={false}>
          <CartesianGrid stroke="var(--line)" vertical={false} />
          <XAxis dataKey="x" tick={TICK} stroke="var(--line)" minTickGap={24} />
          <YAxis tick={TICK} stroke="var(--line)" allowDecimals={false} />
          <Tooltip contentStyle={TOOLTIP} isAnimationActive={false} />
          {series.map(({ name, color }) => (
            <Line
              key={name}
              dataKey={name}
              stroke={color}
              strokeWidth={2}
              dot={points.length < 40 && { r: 2 }}
              isAnimationActive={false}
            />
          ))}
        </Recharts>
      </ResponsiveContainer>
    </div>
  )
}
