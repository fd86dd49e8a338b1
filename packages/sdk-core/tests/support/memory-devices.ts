import { KeyRing } from '../../src/crypto/keys'
import { createSdk, type Logger, type Sdk } from '../../src/index'
import { silentLogger } from '../../src/observe/log'
import { createCounters, type StorageCounters } from '../../src/observe/stats'
import { S5Store } from '../../src/storage/stores/s5-store'
import type { MemoryNetwork } from './memory-network'

let instances = 0

export interface MemoryDevice {
  sdk: Sdk
  /** Of the store. */
  counters: StorageCounters
  /** Every later call of the device to the network fails. */
  crash(): void
}

/** A device of one owner on a network in memory, with the store that is used on S5. */
export async function startMemoryDevice(
  network: MemoryNetwork,
  log: Logger = silentLogger,
): Promise<MemoryDevice> {
  const { network: connection, cut } = await network.connect()
  const counters = createCounters()
  instances += 1
  const name = `instance ${instances}`
  let names = 0
  const store = new S5Store({
    network: connection,
    keyRing: new KeyRing(new Uint8Array(16)),
    nameInstance: () => `${name}.${++names}`,
    counters,
    log,
  })
  return { sdk: await createSdk({ store }), counters, crash: cut }
}
