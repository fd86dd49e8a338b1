/** What the browser says of its connection and of this page. */
export interface Connectivity {
  /** `false` only where the browser knows that there is no network. */
  isOnline(): boolean
  /** Calls back until the function that it gives back is called. */
  listen(listener: (event: 'wake' | 'offline' | 'freeze' | 'hide') => void): () => void
}

type Listener = Parameters<Connectivity['listen']>[0]

/** That of a page or a worker; in Node it says nothing, and is always online. */
export const platformConnectivity: Connectivity = {
  isOnline: () => (globalThis.navigator as Partial<Navigator> | undefined)?.onLine !== false,
  listen: (listener) => {
    const ended = new AbortController()
    const on = (target: EventTarget | undefined, type: string, event: () => Parameters<Listener>[0]) =>
      target?.addEventListener?.(type, () => listener(event()), { signal: ended.signal })
    const page = globalThis.document as Document | undefined
    on(globalThis, 'online', () => 'wake')
    on(globalThis, 'offline', () => 'offline')
    on(globalThis, 'pagehide', () => 'hide')
    on(page, 'visibilitychange', () => (page?.visibilityState === 'hidden' ? 'hide' : 'wake'))
    on(page, 'freeze', () => 'freeze')
    on(page, 'resume', () => 'wake')
    return () => ended.abort()
  },
}
