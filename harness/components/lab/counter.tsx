import type { ReactNode } from 'react'

interface CounterProps {
  name: string
  value: ReactNode
}

/** One number with its name. A group of them stands in a `dl`. */
export function Counter({ name, value }: CounterProps) {
  return (
    <div className="rounded-control border border-line px-3 py-2">
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="text-lg font-semibold tabular-nums" data-testid={`count-${name.toLowerCase()}`}>
        {value}
      </dd>
    </div>
  )
}
