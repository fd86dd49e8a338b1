import { signEd25519, verifyEd25519 } from '../crypto/ed25519'
import type { KeyPairEd25519 } from '../crypto/key-pair'
import type { RegistryEntry } from './entry'
import { entryFault, requireEntryShape } from './entry-shape'
import { signedBytes } from './entry-wire'

export interface RegistryEntryInput {
  keyPair: KeyPairEd25519
  /** 1 to 64 bytes. */
  data: Uint8Array
  /** Integer from 0 to 2^48. */
  revision: number
}

/** A signed entry. The same input gives the same bytes. @throws InvalidInputError */
export async function createRegistryEntry(input: RegistryEntryInput): Promise<RegistryEntry> {
  const { keyPair, revision } = input
  const unsigned = {
    pk: keyPair.publicKey.slice(),
    revision,
    data: input.data.slice(),
    signature: new Uint8Array(64),
  }
  requireEntryShape(unsigned)
  return { ...unsigned, signature: await signEd25519(keyPair, signedBytes(unsigned)) }
}

/** Whether shape and signature are right. Never throws. */
export async function verifyRegistryEntry(entry: RegistryEntry): Promise<boolean> {
  return entryFault(entry) === undefined && verifyEd25519(entry.pk, signedBytes(entry), entry.signature)
}
