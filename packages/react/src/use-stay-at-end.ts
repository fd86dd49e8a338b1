import { type RefObject, useLayoutEffect } from 'react'

/** How near to the end counts as the end, in px. */
const AT_END = 48

/** Keeps a box that scrolls at its end while its only child grows, until somebody scrolls up. */
export function useStayAtEnd(box: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const { current } = box
    const content = current?.firstElementChild
    if (current === null || content === null || content === undefined) return
    let isAtEnd = true
    let lastTop = 0
    const remember = () => {
      const { scrollTop, scrollHeight, clientHeight } = current
      const isNearEnd = scrollHeight - clientHeight - scrollTop < AT_END
      // What grows moves the end away: only who scrolls up leaves it.
      isAtEnd = isNearEnd || (isAtEnd && scrollTop >= lastTop)
      lastTop = scrollTop
    }
    const toEnd = () => {
      remember()
      if (!isAtEnd) return
      current.scrollTop = current.scrollHeight
      lastTop = current.scrollTop
    }
    const observer = new ResizeObserver(toEnd)
    observer.observe(content)
    current.addEventListener('scroll', remember, { passive: true })
    return () => {
      observer.disconnect()
      current.removeEventListener('scroll', remember)
    }
  }, [box])
}
