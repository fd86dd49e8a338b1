import { createPortal } from '@s5-conversations/s5-portal'
import type { TestProject } from 'vitest/node'
import { requireChromium } from './chromium'
import { startNodeSide } from './node-side'

declare module 'vitest' {
  interface ProvidedContext {
    portalUrl: string
    peerUri: string
    nodeSideUrl: string
  }
}

/** What the pages talk to: a portal, which is a peer too, and a device in Node that does as it is asked over HTTP. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  await requireChromium()
  const portal = await createPortal({ port: 0 })
  const nodeSide = await startNodeSide(portal.peerUri)
  provide('portalUrl', portal.url)
  provide('peerUri', portal.peerUri)
  provide('nodeSideUrl', nodeSide.url)
  return async () => {
    await nodeSide.close()
    await portal.close()
  }
}
