'use client'

import { useCallback, useState } from 'react'

const PARAMETER = 'conversation'

/** Which conversation is open: the address of the page says it, so that a reload opens it again. */
export function useOpenConversation(): [id: string | undefined, open: (id: string | undefined) => void] {
  const [id, setId] = useState(() => new URLSearchParams(location.search).get(PARAMETER) ?? undefined)
  const open = useCallback((next: string | undefined) => {
    const query = next === undefined ? '' : `?${new URLSearchParams({ [PARAMETER]: next })}`
    history.replaceState(history.state, '', `${location.pathname}${query}`)
    setId(next)
  }, [])
  return [id, open]
}
