import { closeAfterTest, user } from './fixture'
import { startMemoryDevice } from './memory-devices'
import { MemoryNetwork } from './memory-network'
import { prose } from './prose'

const SHORT = 1000

/**
 * Bytes of blobs per append of 500 bytes, one at a time, compaction and catalog included: on average over the
 * first 1000, and over all `count` of them.
 */
export async function averageAppendBytes(count: number): Promise<{ first: number; all: number }> {
  const network = new MemoryNetwork()
  const { sdk } = await startMemoryDevice(network)
  closeAfterTest(sdk)
  const average = async (from: number, to: number) => {
    for (let i = from; i < to; i += 1) await sdk.storage.appendMessage('one', user(prose(500, i)))
    return [...network.blobs.values()].reduce((sum, blob) => sum + blob.length, 0) / to
  }
  return { first: await average(0, SHORT), all: await average(SHORT, count) }
}
