import { type RefObject, useLayoutEffect, useRef } from 'react'

/** How near to the end counts as the end, in px. */
const AT_END = 48

/** Keeps a box that scrolls at its end while its only child grows, if it was there before. */
export function useStayAtEnd(box: RefObject<HTMLElement | null>): void {
  // Strictly, effects run twice, and the second time somebody may have scrolled.
  const heightBefore = useRef(0)
  useLayoutEffect(() => {
    const { current } = box
    const content = current?.firstElementChild
    if (current === null || content === null || content === undefined) return
    const observer = new ResizeObserver(() => {
      const { scrollTop, scrollHeight, clientHeight } = current
      const wasAtEnd = Math.min(heightBefore.current, scrollHeight) - clientHeight - scrollTop < AT_END
      heightBefore.current = scrollHeight
      if (wasAtEnd) current.scrollTop = scrollHeight
    })
    observer.observe(content)
    return () => observer.disconnect()
  }, [box])
}
