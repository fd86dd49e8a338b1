import { secp256k1 } from '@noble/curves/secp256k1.js'
import { hexToBytes } from '@noble/hashes/utils.js'
import { InvalidInputError } from '../errors/input-errors'
import { UnsupportedWalletError } from '../errors/wallet-errors'
import { addressOfKey } from './address'

const RS_BYTES = 64

/**
 * `r ‖ s` of a signature over `digest` by the key of `address`: 64 bytes, the same for every encoding of it.
 * Takes 65 bytes, whose last is never read, because wallets differ in it, and 64 bytes (EIP-2098).
 * @throws UnsupportedWalletError where it does not recover to `address`, as with contract wallets
 * @throws InvalidInputError where it is malleable (high s, EIP-2) or out of range
 */
export function readSignature(signature: unknown, digest: Uint8Array, address: string): Uint8Array {
  const rs = parseSignature(signature)
  const parsed = parseNumbers(rs)
  if (parsed.hasHighS()) throw new InvalidInputError('signer.signature', 'is malleable: its s is high')
  const isOurs = [0, 1].some((parity) => recover(parsed.addRecoveryBit(parity), digest) === address)
  if (!isOurs) throw new UnsupportedWalletError()
  return rs
}

type Signature = ReturnType<typeof secp256k1.Signature.fromBytes>

function parseSignature(signature: unknown): Uint8Array {
  if (typeof signature !== 'string' || !/^0x([0-9a-fA-F]{2})*$/.test(signature)) {
    throw new InvalidInputError('signer.signature', 'must be 0x and hexadecimal digits')
  }
  const length = (signature.length - 2) / 2
  if (length !== RS_BYTES && length !== RS_BYTES + 1) throw new UnsupportedWalletError()
  const rs = hexToBytes(signature.slice(2, 2 + 2 * RS_BYTES))
  if (length === RS_BYTES) rs[32] = (rs[32] ?? 0) & 0x7f
  return rs
}

function parseNumbers(rs: Uint8Array): Signature {
  try {
    return secp256k1.Signature.fromBytes(rs, 'compact')
  } catch {
    throw new InvalidInputError('signer.signature', 'has an r or s out of range')
  }
}

function recover(signature: Signature, digest: Uint8Array): string | undefined {
  try {
    return addressOfKey(signature.recoverPublicKey(digest).toBytes(false).subarray(1))
  } catch {
    return undefined // Not every r is a point of the curve.
  }
}
