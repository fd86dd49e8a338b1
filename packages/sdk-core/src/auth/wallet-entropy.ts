import { isSameBytes } from '../conversation/codec'
import { entropyOfSignature } from '../crypto/signature-entropy'
import { AccountChangedError, SignerNotDeterministicError } from '../errors/wallet-errors'
import { checksumAddress } from './address'
import { readSignature } from './wallet-signature'
import { type AskOptions, askWallet, type WalletSigner } from './wallet-signer'
import { typedDataDigest, walletSeedTypedData } from './wallet-typed-data'

/** The account that is chosen in the wallet, with its checksum. @throws as {@link askWallet} */
export async function askAddress(signer: WalletSigner, options: AskOptions): Promise<string> {
  return checksumAddress(await askWallet(() => signer.getAddress(), options))
}

/**
 * The entropy behind the identity of `address`, by one signature.
 * @throws AccountChangedError, UnsupportedWalletError, InvalidInputError, and as {@link askWallet}
 */
export async function askEntropy(
  signer: WalletSigner,
  address: string,
  options: AskOptions,
): Promise<Uint8Array> {
  const data = walletSeedTypedData(address)
  const request = () => signer.signTypedData(data.domain, data.types, data.message)
  const signature = await askWallet(request, options)
  if ((await askAddress(signer, options)) !== address) throw new AccountChangedError()
  const rs = readSignature(signature, typedDataDigest(data), address)
  const entropy = entropyOfSignature(rs)
  rs.fill(0)
  return entropy
}

/** {@link askEntropy} by two signatures. @throws SignerNotDeterministicError where they differ */
export async function askEntropyTwice(
  signer: WalletSigner,
  address: string,
  options: AskOptions,
): Promise<Uint8Array> {
  const first = await askEntropy(signer, address, options)
  const second = await askEntropy(signer, address, options)
  const isSame = isSameBytes(first, second)
  second.fill(0)
  if (isSame) return first
  first.fill(0)
  throw new SignerNotDeterministicError('the wallet signs the same text differently each time')
}
