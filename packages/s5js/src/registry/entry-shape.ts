import { ED25519_KEY_TYPE } from '../crypto/key-pair'
import { InvalidInputError } from '../errors/caller-errors'
import { MAX_DATA_BYTES, MAX_REVISION, type RegistryEntry } from './entry'

/** What is wrong with the shape of an entry; undefined when nothing is. Says nothing of its signature. */
export function entryFault({ pk, revision, data, signature }: RegistryEntry): string | undefined {
  if (!isRegistryKey(pk)) return 'public key is not 0xed and 32 bytes'
  if (!Number.isInteger(revision) || revision < 0 || revision > MAX_REVISION)
    return 'revision is not 0 to 2^48'
  if (data.length < 1 || data.length > MAX_DATA_BYTES) return 'data is not 1 to 64 bytes'
  return signature.length === 64 ? undefined : 'signature is not 64 bytes'
}

/** @throws InvalidInputError */
export function requireEntryShape(entry: RegistryEntry): void {
  const fault = entryFault(entry)
  if (fault !== undefined) throw new InvalidInputError(`Not a registry entry: ${fault}`)
}

export function isRegistryKey(pk: Uint8Array): boolean {
  return pk.length === 33 && pk[0] === ED25519_KEY_TYPE
}
