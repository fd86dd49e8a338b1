import { utf8ToBytes } from '@noble/hashes/utils.js'
import { CorruptRecordError } from '../errors/storage-errors'
import { randomBytes } from './platform'

const ALGORITHM = 'AES-GCM'
/** NIST SP 800-38D: 96 bits, random. */
const NONCE_BYTES = 12

/** A key that stays on this device: scripts can use it, and cannot read it. AES-256-GCM. */
export async function createDeviceKey(): Promise<CryptoKey> {
  const usages: KeyUsage[] = ['encrypt', 'decrypt']
  return crypto.subtle.generateKey({ name: ALGORITHM, length: 256 }, false, usages) as Promise<CryptoKey>
}

/** Nonce and sealed bytes. `place` is bound to them: they do not open anywhere else. */
export async function sealOnDevice(
  key: CryptoKey,
  place: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const iv = randomBytes(NONCE_BYTES)
  const sealed = await crypto.subtle.encrypt(parametersOf(iv, place), key, bytes)
  const result = new Uint8Array(NONCE_BYTES + sealed.byteLength)
  result.set(iv)
  result.set(new Uint8Array(sealed), NONCE_BYTES)
  return result
}

/** @throws CorruptRecordError where the bytes were not sealed by `key` for `place` */
export async function openOnDevice(
  key: CryptoKey,
  place: string,
  sealed: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const parameters = parametersOf(sealed.subarray(0, NONCE_BYTES), place)
  try {
    return new Uint8Array(await crypto.subtle.decrypt(parameters, key, sealed.subarray(NONCE_BYTES)))
  } catch (cause) {
    throw new CorruptRecordError('what this device keeps does not open', cause)
  }
}

function parametersOf(iv: Uint8Array<ArrayBuffer>, place: string) {
  return { name: ALGORITHM, iv, additionalData: new Uint8Array(utf8ToBytes(place)) }
}
