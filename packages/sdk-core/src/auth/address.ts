import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { InvalidInputError } from '../errors/input-errors'

/**
 * The one spelling of an Ethereum address, with the checksum of EIP-55, whatever the letter case it came in.
 * @throws InvalidInputError for what is no address, or has mixed case and a wrong checksum
 */
export function checksumAddress(address: unknown): string {
  if (typeof address !== 'string' || !/^0x[0-9a-fA-F]{40}$/.test(address)) {
    throw new InvalidInputError('signer.address', 'must be 0x and 40 hexadecimal digits')
  }
  const digits = address.slice(2)
  const checked = withChecksum(digits.toLowerCase())
  const isOneCase = digits === digits.toLowerCase() || digits === digits.toUpperCase()
  if (!isOneCase && checked !== address) throw new InvalidInputError('signer.address', 'has a wrong checksum')
  return checked
}

/** The address of a secp256k1 public key: the last 20 bytes of its Keccak-256. @param point 64 bytes, x ‖ y */
export function addressOfKey(point: Uint8Array): string {
  return withChecksum(bytesToHex(keccak_256(point).subarray(12)))
}

function withChecksum(lowerCase: string): string {
  const hash = bytesToHex(keccak_256(utf8ToBytes(lowerCase)))
  const digits = Array.from(lowerCase, (digit, i) =>
    Number.parseInt(hash.charAt(i), 16) >= 8 ? digit.toUpperCase() : digit,
  )
  return `0x${digits.join('')}`
}
