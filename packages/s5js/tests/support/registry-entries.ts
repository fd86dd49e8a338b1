import { createRegistryEntry, JSCryptoImplementation } from '../../src/index'

const crypto = new JSCryptoImplementation()

export const keyPair = await crypto.newKeyPairEd25519(new Uint8Array(32).fill(1))
export const otherKeyPair = await crypto.newKeyPairEd25519(new Uint8Array(32).fill(2))

/** A signed entry of `owner`, whose data are 33 times `byte`. */
export function entryOf(revision: number, byte = revision % 256, owner = keyPair) {
  return createRegistryEntry({ keyPair: owner, data: new Uint8Array(33).fill(byte), revision })
}
