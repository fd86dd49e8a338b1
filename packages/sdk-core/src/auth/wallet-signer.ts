import { SDKError } from '../errors/sdk-error'
import { SignatureRejectedError, SignerFailedError } from '../errors/wallet-errors'
import { untilAborted } from '../storage/until-aborted'
import type { SharingTypedData, WalletTypedData } from './wallet-typed-data'

/** What the SDK needs of a wallet. Every `Signer` of ethers 6 is one. */
export interface WalletSigner {
  getAddress(): Promise<string>
  /** EIP-712; gives back 64 or 65 bytes in hexadecimal. */
  signTypedData(
    domain: WalletTypedData['domain'],
    types: Record<string, { name: string; type: string }[]>,
    message: (WalletTypedData | SharingTypedData)['message'],
  ): Promise<string>
  /**
   * Calls back whenever the user chooses another account, and without an address when the wallet goes away,
   * until the function that it gives back is called.
   */
  onAccountChange?(listener: (address: string | undefined) => void): () => void
}

export interface AskOptions {
  signal: AbortSignal
  /** How long the user may take for one answer, in ms. */
  timeoutMs: number
}

/**
 * The wallet's answer.
 * @throws SignatureRejectedError, SignerFailedError (also past the deadline), or the reason of the signal
 */
export async function askWallet<T>(request: () => Promise<T>, { signal, timeoutMs }: AskOptions): Promise<T> {
  signal.throwIfAborted()
  const deadline = AbortSignal.timeout(timeoutMs)
  try {
    return await untilAborted(AbortSignal.any([signal, deadline]), request())
  } catch (error) {
    if (signal.aborted) throw signal.reason
    if (deadline.aborted) throw new SignerFailedError(`no answer from the wallet within ${timeoutMs} ms`)
    throw translateWalletError(error)
  }
}

function translateWalletError(error: unknown): SDKError {
  if (error instanceof SDKError) return error
  if (isRejection(error)) return new SignatureRejectedError(error)
  return new SignerFailedError('the wallet failed to answer', error)
}

/** 4001 is "User Rejected Request" of EIP-1193; `ACTION_REJECTED` is what ethers makes of it. */
function isRejection(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown }
  return code === 4001 || code === 'ACTION_REJECTED'
}
