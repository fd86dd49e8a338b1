import { createPortal } from '@s5-conversations/s5-portal'
import type { TestProject } from 'vitest/node'
import { JSCryptoImplementation } from '../../src/index'
import { PeerNode } from '../support/peer-node'
import { requireChromium } from './chromium'
import { startNodeSide } from './node-side'

declare module 'vitest' {
  interface ProvidedContext {
    portalUrl: string
    peerUri: string
    nodeSideUrl: string
  }
}

/** What the pages talk to: a portal, a peer, and a client of that peer in Node, which does as it is asked over HTTP. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  await requireChromium()
  const portal = await createPortal({ port: 0 })
  const node = new PeerNode(await new JSCryptoImplementation().newKeyPairEd25519(new Uint8Array(32).fill(1)))
  await node.start()
  const nodeSide = await startNodeSide(node.uri)
  provide('portalUrl', portal.url)
  provide('peerUri', node.uri)
  provide('nodeSideUrl', nodeSide.url)
  return async () => {
    await nodeSide.close()
    await node.stop()
    await portal.close()
  }
}
