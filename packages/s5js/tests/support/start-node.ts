import { onTestFinished } from 'vitest'
import { JSCryptoImplementation } from '../../src/index'
import { PeerNode } from './peer-node'

let count = 0

/** A node of its own key that is gone after the test. */
export async function startNode(): Promise<PeerNode> {
  const seed = new Uint8Array(32).fill(++count)
  const node = new PeerNode(await new JSCryptoImplementation().newKeyPairEd25519(seed))
  await node.start()
  onTestFinished(() => node.stop())
  return node
}
