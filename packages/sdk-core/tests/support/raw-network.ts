import { KeyRing } from '../../src/crypto/keys'
import type { Network, PointerKey } from '../../src/storage/network'
import { connectS5 } from '../../src/storage/stores/s5-network'
import { readSeedPhrase } from '../../src/storage/stores/s5-seed-phrase'

const signal = () => AbortSignal.timeout(10_000)

/** The owner's own keys and connection, for doing with them what the SDK never would. */
export interface RawNetwork {
  network: Network
  keyRing: KeyRing
  /** The bytes of the head blob that is current. */
  readHead(id: string): Promise<Uint8Array>
  /** Makes `blob` the current head, one revision up. */
  publish(id: string, blob: Uint8Array): Promise<void>
}

export async function connectRaw(portal: string, seedPhrase: string): Promise<RawNetwork> {
  const network = await connectS5({ portals: [portal], seedPhrase })
  const keyRing = new KeyRing(readSeedPhrase(seedPhrase))
  const pointerOf = (id: string): Promise<PointerKey> =>
    network.pointerKey(keyRing.conversationKeys(id, 0).registrySeed(), () => {})
  return {
    network,
    keyRing,
    readHead: async (id) => {
      const [{ pointer } = {}] = await (await pointerOf(id)).readPointers(signal())
      const blob = pointer && (await network.download(pointer.hash, 2 ** 24, signal()))
      if (blob === undefined) throw new Error(`${id} has no head`)
      return blob
    },
    publish: async (id, blob) => {
      const pointer = await pointerOf(id)
      const [{ pointer: current } = {}] = await pointer.readPointers(signal())
      const hash = await network.hash(blob)
      if (current !== undefined) pointer.learn(current.hash, [], { version: 1, clock: { raw: 1 } })
      pointer.learn(hash, [], { version: 2, clock: { raw: 2 } })
      const prepared = await pointer.prepare([blob], [], signal())
      const base = { revision: current?.revision ?? 0, isSettled: true }
      await prepared.move(hash, base, false, signal())
    },
  }
}
