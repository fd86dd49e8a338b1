import { fingerprintOf } from '../crypto/signature-entropy'
import { StoreUnavailableError } from '../errors/storage-errors'
import { NewIdentityError, SignerNotDeterministicError } from '../errors/wallet-errors'
import { untilAborted } from '../storage/until-aborted'
import type { DeviceStorage } from './device-storage'
import type { IdentityAccount, OpenAccount } from './identity-account'
import { sharingSigner } from './sharing-address'
import { askAddress, askEntropy, askEntropyTwice } from './wallet-entropy'
import type { AskOptions, WalletSigner } from './wallet-signer'

export interface WalletSignInOptions<A extends IdentityAccount> extends AskOptions {
  /** Remembers which wallets this device has met. */
  device: DeviceStorage
  openAccount: OpenAccount<A>
  /** Whether a wallet of which the portals know nothing is new. */
  confirmNewIdentity(address: string): boolean | Promise<boolean>
}

/**
 * Opens the identity of a wallet: one signature, two where this device meets the wallet for the first time.
 * An identity that the portals do not know is opened only if the caller confirms that it is new. A wallet that this
 * device has met before is opened without portals, too: what is kept on the device is at hand offline.
 * @throws SignerNotDeterministicError, NewIdentityError, StoreUnavailableError, and as `askEntropy`
 */
export async function signInWithWallet<A extends IdentityAccount>(
  signer: WalletSigner,
  options: WalletSignInOptions<A>,
): Promise<{ account: A; address: string }> {
  const address = await askAddress(signer, options)
  const key = `s5-conversations/wallet/${address}`
  const known = await recall(options.device, key)
  const entropy = await (known === null ? askEntropyTwice : askEntropy)(signer, address, options)
  const fingerprint = fingerprintOf(entropy)
  const account = options.openAccount(entropy, sharingSigner(signer, address, options.timeoutMs))
  try {
    if (known !== null && known !== fingerprint) {
      throw new SignerNotDeterministicError('the wallet signs other than it once did on this device')
    }
    if (!(await isKnown(account, known !== null, options))) await refuseUnlessNew(address, options)
    await remember(options.device, key, fingerprint)
    return { account, address }
  } catch (error) {
    await account.close()
    throw error
  }
}

async function isKnown<A extends IdentityAccount>(
  account: A,
  isMetBefore: boolean,
  { signal }: WalletSignInOptions<A>,
): Promise<boolean> {
  try {
    return await account.hasCatalog(signal)
  } catch (error) {
    if (isMetBefore && error instanceof StoreUnavailableError) return true
    throw error
  }
}

async function refuseUnlessNew<A extends IdentityAccount>(
  address: string,
  { signal, confirmNewIdentity }: WalletSignInOptions<A>,
): Promise<void> {
  const isNew = await untilAborted(signal, Promise.resolve(confirmNewIdentity(address)))
  if (!isNew) throw new NewIdentityError(address)
}

/** A device that cannot tell is met like a new one: the wallet signs twice. */
async function recall(device: DeviceStorage, key: string): Promise<string | null> {
  try {
    return await device.getItem(key)
  } catch {
    return null
  }
}

async function remember(device: DeviceStorage, key: string, fingerprint: string): Promise<void> {
  try {
    await device.setItem(key, fingerprint)
  } catch {
    // Storage that is full or blocked costs a signature next time, and must not lock anybody out.
  }
}
