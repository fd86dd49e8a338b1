import type { Sdk } from '@s5-conversations/sdk-core'
import { useCallback, useEffect, useMemo, useState } from 'react'
import type { Harness } from '../sdk/harness'

/** Clients of one identity that know nothing of each other: each like another device. Closed with the component. */
export function useClients(harness: Harness) {
  const [clients, setClients] = useState<readonly Sdk[]>([])
  const opened = useMemo(() => new ClientSet(harness), [harness])
  useEffect(() => opened.hold(), [opened])
  const open = useCallback(
    async (count: number) => {
      const sdks = await opened.open(count)
      setClients(sdks)
      return sdks
    },
    [opened],
  )
  return { clients, open }
}

class ClientSet {
  readonly #harness: Harness
  #opening: Promise<Sdk[]> | undefined
  #holders = 0

  constructor(harness: Harness) {
    this.#harness = harness
  }

  /** Opens them once; whoever asks again gets the same ones. */
  open(count: number): Promise<Sdk[]> {
    this.#opening ??= Promise.all(Array.from({ length: count }, () => this.#harness.openAnotherClient()))
    this.#opening.catch(() => {
      this.#opening = undefined
    })
    return this.#opening
  }

  /** React may mount a component, unmount it and mount it again: only the last end is one. */
  hold(): () => void {
    this.#holders += 1
    return () => {
      this.#holders -= 1
      queueMicrotask(() => this.#holders === 0 && this.#close())
    }
  }

  #close(): void {
    const opening = this.#opening
    this.#opening = undefined
    void opening?.then((sdks) => Promise.all(sdks.map((sdk) => sdk.close()))).catch(() => {})
  }
}
