import { bytesToHex } from '@noble/hashes/utils.js'
import type { SharingSigner } from './auth/sharing-address'
import { KeyRing } from './crypto/keys'
import { randomBytes } from './crypto/platform'
import type { StorageAccount } from './managers/AuthStateManager'
import { StorageManager } from './managers/StorageManager'
import { closeStorage, type Local, localOptions, type Parts } from './sdk-parts'
import { catalogExists } from './storage/catalog-exists'
import { LazyNetwork } from './storage/stores/lazy-network'
import { type ConnectOptions, connectS5 } from './storage/stores/s5-network'
import { entropyToSeedPhrase } from './storage/stores/s5-seed-phrase'
import { S5Store } from './storage/stores/s5-store'

/** One identity with its conversations on S5. No request is made before it is needed. `entropy` is overwritten. */
export function openAccount(
  entropy: Uint8Array,
  wallet: SharingSigner | undefined,
  place: Omit<ConnectOptions, 'seedPhrase'>,
  deviceId: string | undefined,
  local: Local | undefined,
  parts: Parts,
): StorageAccount {
  const keyRing = new KeyRing(entropy)
  const lockScope = keyRing.lockScope()
  const kept = entropy.slice()
  entropy.fill(0)
  const network = new LazyNetwork(() => connectS5({ ...place, seedPhrase: entropyToSeedPhrase(kept) }))
  const identity = async () => (await import('./auth/sharing-address')).createSharingIdentity(keyRing, wallet)
  const remote = new S5Store({
    ...parts,
    network,
    keyRing,
    identity,
    nameInstance: () => nameInstance(deviceId),
  })
  const first = local?.openLocalFirst(remote, { ...localOptions(parts), scope: lockScope })
  const storage = new StorageManager({ ...parts, store: first?.store ?? remote, lockScope })
  if (first !== undefined) parts.outboxes.set(storage, first.outbox)
  return {
    storage,
    hasCatalog: (signal) => catalogExists(() => connectS5(place), keyRing, signal),
    connect: async () => {
      // This device does without the network: whether it can be reached is told by the outbox.
      if (first === undefined) await network.connect()
    },
    close: async () => {
      await closeStorage(storage, parts)
      kept.fill(0)
    },
  }
}

/** No two instances ever share a name: the clock of a head tells their commits apart. */
function nameInstance(deviceId: string | undefined): string {
  const instance = bytesToHex(randomBytes(6))
  return deviceId === undefined ? instance : `${deviceId}.${instance}`
}
