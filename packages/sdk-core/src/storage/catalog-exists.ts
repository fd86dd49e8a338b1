import { CATALOG_ID } from '../conversation/summary'
import type { KeyRing } from '../crypto/keys'
import type { Network } from './network'
import { retryWithBackoff } from './retry'

const MAX_RETRIES = 3

/**
 * Whether an identity has ever kept a conversation on this network: one read of a pointer, over a connection
 * that needs no account. `false` only where the network says so with authority.
 * @throws StoreUnavailableError, CorruptRecordError
 */
export async function catalogExists(
  connect: () => Promise<Network>,
  keyRing: KeyRing,
  signal: AbortSignal,
): Promise<boolean> {
  const network = await connect()
  try {
    const seed = keyRing.conversationKeys(CATALOG_ID, 0).registrySeed()
    const key = await network.pointerKey(seed, () => {})
    const read = () => key.readPointers(signal)
    const answers = await retryWithBackoff(read, { maxRetries: MAX_RETRIES, signal })
    return answers.some(({ pointer }) => pointer !== undefined)
  } finally {
    await network.close()
  }
}
