import fc from 'fast-check'
import { expect, vi } from 'vitest'
import { createRegistryEntry, deserializeRegistryEntry, JSCryptoImplementation } from '../../src/index'
import vectors from '../vectors/peer-messages.json'
import { fromHex } from './hex'
import { hostileFrame } from './hostile-frames'
import { createClient } from './network'
import { startNode } from './start-node'

/** A client that is sent all of them stays connected, believes none of them, and goes on working. */
export async function fuzzPeer(frames: number): Promise<void> {
  const node = await startNode()
  const s5 = await createClient({ initialPeers: [node.uri] })
  const genuine = deserializeRegistryEntry(fromHex(vectors.registryEntry.wire))
  const heard: number[] = []
  s5.api.registryListen(genuine.pk, ({ revision }) => heard.push(revision))
  for (const frame of fc.sample(hostileFrame, frames)) {
    const [socket] = node.sockets()
    socket?.send(frame)
    if ((socket?.bufferedAmount ?? 0) > 65_536) await new Promise((resolve) => setImmediate(resolve))
  }
  const seed = fromHex(vectors.seedHex)
  const keyPair = await new JSCryptoImplementation().newKeyPairEd25519(seed)
  const entry = await createRegistryEntry({ keyPair, data: genuine.data, revision: genuine.revision + 1 })
  await s5.api.registrySet(entry)
  expect(await s5.api.registryGet(genuine.pk)).toEqual(entry)
  await vi.waitFor(() => expect(heard.at(-1)).toBe(entry.revision))
  expect(heard.filter((revision) => ![genuine.revision, entry.revision].includes(revision))).toEqual([])
  expect(node.connections).toBe(1)
}
