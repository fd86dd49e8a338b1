'use client'

import { useEffect } from 'react'

/** Lets the browser ask before the page is left, while there is something that would be lost. */
export function useLeaveWarning(hasUnsavedWork: boolean): void {
  useEffect(() => {
    if (!hasUnsavedWork) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    addEventListener('beforeunload', ask)
    return () => removeEventListener('beforeunload', ask)
  }, [hasUnsavedWork])
}
