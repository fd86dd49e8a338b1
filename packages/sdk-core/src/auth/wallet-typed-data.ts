import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { checksumAddress } from './address'

const DOMAIN = { name: 'S5 Conversations', version: '1' }

/** What the user reads before signing. A change of one letter gives every wallet another identity. */
const PURPOSE = [
  'Open my conversations.',
  'This signature is the key to all of them: whoever has it can read, change and delete them, on any device, for ever.',
  'Sign this only in an application that you trust with all your conversations. If you did not expect this request, reject it.',
  'It sends no transaction and costs nothing.',
].join('\n\n')

const SHARING_PURPOSE = [
  'Let others share conversations with me.',
  'This signature says that the key below is mine. It is public: it opens none of my conversations, and cannot be used to sign in.',
  'It sends no transaction and costs nothing.',
].join('\n\n')

/** EIP-712 typed data, in the form that `signTypedData` of ethers takes it. */
export interface WalletTypedData {
  domain: { name: string; version: string }
  types: { Identity: { name: string; type: string }[] }
  primaryType: 'Identity'
  /** `purpose` is the text for the user; `account` the address with its checksum. */
  message: { purpose: string; account: string }
}

/** What a wallet signs to say that a key for sharing is its own. */
export interface SharingTypedData {
  domain: { name: string; version: string }
  types: { SharingKey: { name: string; type: string }[] }
  primaryType: 'SharingKey'
  /** `key` is the public key: 0x and 64 hexadecimal digits. */
  message: { purpose: string; account: string; key: string }
}

/**
 * Exactly what a wallet is asked to sign, for showing it beforehand. The domain names no chain, so that a
 * wallet is one identity on all of them.
 * @throws InvalidInputError
 * @example
 * walletSeedTypedData(await signer.getAddress()).message.purpose
 */
export function walletSeedTypedData(address: string): WalletTypedData {
  return {
    domain: { ...DOMAIN },
    types: {
      Identity: [
        { name: 'purpose', type: 'string' },
        { name: 'account', type: 'address' },
      ],
    },
    primaryType: 'Identity',
    message: { purpose: PURPOSE, account: checksumAddress(address) },
  }
}

/** Exactly what a wallet is asked to sign for its sharing address. It opens nothing, whoever sees it. */
export function sharingTypedData(address: string, publicKey: Uint8Array): SharingTypedData {
  return {
    domain: { ...DOMAIN },
    types: {
      SharingKey: [
        { name: 'purpose', type: 'string' },
        { name: 'account', type: 'address' },
        { name: 'key', type: 'bytes32' },
      ],
    },
    primaryType: 'SharingKey',
    message: {
      purpose: SHARING_PURPOSE,
      account: checksumAddress(address),
      key: `0x${bytesToHex(publicKey)}`,
    },
  }
}

/** What a wallet really signs for its identity. */
export function typedDataDigest({ domain, message }: WalletTypedData): Uint8Array {
  return digestOf(domain, [
    hashText('Identity(string purpose,address account)'),
    hashText(message.purpose),
    wordOf(message.account),
  ])
}

/** What a wallet really signs for its sharing address. */
export function sharingDigest({ domain, message }: SharingTypedData): Uint8Array {
  return digestOf(domain, [
    hashText('SharingKey(string purpose,address account,bytes32 key)'),
    hashText(message.purpose),
    wordOf(message.account),
    wordOf(message.key),
  ])
}

/** EIP-712: `keccak256(0x1901 ‖ hash of the domain ‖ hash of the message)`. */
function digestOf(domain: { name: string; version: string }, message: readonly Uint8Array[]): Uint8Array {
  const domainHash = keccak_256(
    concatBytes(
      hashText('EIP712Domain(string name,string version)'),
      hashText(domain.name),
      hashText(domain.version),
    ),
  )
  const messageHash = keccak_256(concatBytes(...message))
  return keccak_256(concatBytes(Uint8Array.of(0x19, 0x01), domainHash, messageHash))
}

/** 0x and hexadecimal digits as 32 bytes. */
function wordOf(hex: string): Uint8Array {
  return hexToBytes(hex.slice(2).padStart(64, '0'))
}

function hashText(text: string): Uint8Array {
  return keccak_256(utf8ToBytes(text))
}
