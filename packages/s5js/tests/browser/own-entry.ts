import { createRegistryEntry, type KeyPairEd25519, type RegistryEntry, type S5 } from '../../src/index'

/** The entry that all devices of a user know the key of. */
export async function ownEntry(s5: S5, revision: number): Promise<RegistryEntry> {
  return createRegistryEntry({ keyPair: await ownKeyPair(s5), data: new Uint8Array(33).fill(1), revision })
}

export async function ownKeyPair(s5: S5): Promise<KeyPairEd25519> {
  if (s5.identity === undefined) throw new Error('a device without a user')
  return s5.identity.signingKeyPair()
}
