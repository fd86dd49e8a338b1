import { keccak_256 } from '@noble/hashes/sha3.js'
import { concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { checksumAddress } from './address'

const DOMAIN = { name: 'S5 Conversations', version: '1' }

/** What the user reads before signing. A change of one letter gives every wallet another identity. */
const PURPOSE = [
  'Open my conversations.',
  'This signature is the key to all of them: whoever has it can read, change and delete them, on any device, for ever.',
  'Sign this only in an application that you trust with all your conversations. If you did not expect this request, reject it.',
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

/** What a wallet really signs: EIP-712, `keccak256(0x1901 ‖ hash of the domain ‖ hash of the message)`. */
export function typedDataDigest({ domain, message }: WalletTypedData): Uint8Array {
  const domainHash = keccak_256(
    concatBytes(
      hashText('EIP712Domain(string name,string version)'),
      hashText(domain.name),
      hashText(domain.version),
    ),
  )
  const messageHash = keccak_256(
    concatBytes(
      hashText('Identity(string purpose,address account)'),
      hashText(message.purpose),
      new Uint8Array(12),
      hexToBytes(message.account.slice(2)),
    ),
  )
  return keccak_256(concatBytes(Uint8Array.of(0x19, 0x01), domainHash, messageHash))
}

function hashText(text: string): Uint8Array {
  return keccak_256(utf8ToBytes(text))
}
