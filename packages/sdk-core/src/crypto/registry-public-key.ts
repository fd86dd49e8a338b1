import nacl from 'tweetnacl'
import type { RegistryKey } from './keys'

/** Ed25519, 32 bytes. */
export function registryPublicKey(key: RegistryKey): Uint8Array {
  return key instanceof Uint8Array ? nacl.sign.keyPair.fromSeed(key).publicKey : key.publicKey
}
