import { Waypoints } from 'lucide-react'

export function Brand() {
  return (
    <span className="flex items-center gap-2 whitespace-nowrap font-semibold">
      <Waypoints className="size-5 text-accent" aria-hidden />
      S5 Conversations
    </span>
  )
}
