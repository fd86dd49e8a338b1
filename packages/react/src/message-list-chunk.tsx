import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react'

/** What a message is thought to be high before it was drawn, in px. */
const LIKELY_HEIGHT = 64
/** How near something has to be to be drawn: two heights of the box above and below it. */
const NEAR = '200% 0px'

interface ChunkProps {
  box: RefObject<HTMLElement | null>
  isLast: boolean
  count: number
  /** Called only where it is near. */
  children(): ReactNode
}

/** A part of a long list that is drawn while it is near, and keeps its height while it is not. */
export function Chunk({ box, isLast, count, children }: ChunkProps) {
  const place = useRef<HTMLDivElement>(null)
  const [isNear, setNear] = useState(isLast)
  const [height, setHeight] = useState(count * LIKELY_HEIGHT)
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => {
        const entry = entries.at(-1)
        if (entry === undefined) return
        setNear(entry.isIntersecting)
        setHeight(entry.boundingClientRect.height)
      },
      { root: box.current, rootMargin: NEAR },
    )
    if (place.current !== null) observer.observe(place.current)
    return () => observer.disconnect()
  }, [box])
  return (
    <div ref={place} style={isNear ? undefined : { height }}>
      {isNear && children()}
    </div>
  )
}
