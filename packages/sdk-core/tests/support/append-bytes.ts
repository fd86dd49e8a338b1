import { KeyRing } from '../../src/crypto/keys'
import { createSdk } from '../../src/index'
import { silentLogger } from '../../src/observe/log'
import { createCounters } from '../../src/observe/stats'
import { S5Store } from '../../src/storage/stores/s5-store'
import { closeAfterTest, user } from './fixture'
import { MemoryNetwork } from './memory-network'
import { prose } from './prose'

const SHORT = 1000

/**
 * Bytes of blobs per append of 500 bytes, one at a time, compaction and catalog included: on average over the
 * first 1000, and over all `count` of them.
 */
export async function averageAppendBytes(count: number): Promise<{ first: number; all: number }> {
  const network = new MemoryNetwork()
  const store = new S5Store({
    network: network.connect(),
    keyRing: new KeyRing(new Uint8Array(16)),
    nameInstance: () => 'aabbccddeeff',
    counters: createCounters(),
    log: silentLogger,
  })
  const sdk = closeAfterTest(await createSdk({ store }))
  const average = async (from: number, to: number) => {
    for (let i = from; i < to; i += 1) await sdk.storage.appendMessage('one', user(prose(500, i)))
    return [...network.blobs.values()].reduce((sum, blob) => sum + blob.length, 0) / to
  }
  return { first: await average(0, SHORT), all: await average(SHORT, count) }
}
