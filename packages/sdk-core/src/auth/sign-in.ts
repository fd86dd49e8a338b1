import { InvalidInputError } from '../errors/input-errors'
import { untilAborted } from '../storage/until-aborted'
import type { IdentityAccount } from './identity-account'
import type { WalletSignInOptions } from './wallet-sign-in'
import type { WalletSigner } from './wallet-signer'

/** Signs in with a wallet. */
export interface WalletSignIn {
  signer: WalletSigner
}

/** Signs in with a recovery phrase. */
export interface PhraseSignIn {
  /** 15 S5 words. */
  seedPhrase: string
  /** When to sign in on the portals. @default 'first-call' */
  connect?: 'now' | 'first-call'
}

/** Who signs in: a wallet, or an identity that is unlocked already. */
export type SignInInput = WalletSignIn | PhraseSignIn

/** What signing in comes to. */
export interface SignedIn<A> {
  account: A
  /** Of the wallet, with its checksum. */
  address?: string
}

/** Opens the identity of `input`. What was opened is closed again where that fails. */
export async function signIn<A extends IdentityAccount>(
  input: SignInInput,
  options: WalletSignInOptions<A>,
): Promise<SignedIn<A>> {
  if (!('signer' in input)) return signInWithPhrase(input, options)
  const { signInWithWallet } = await import('./wallet-sign-in')
  return signInWithWallet(input.signer, options)
}

async function signInWithPhrase<A extends IdentityAccount>(
  { seedPhrase, connect }: PhraseSignIn,
  { openAccount, signal }: WalletSignInOptions<A>,
): Promise<SignedIn<A>> {
  if (typeof seedPhrase !== 'string') throw new InvalidInputError('seedPhrase', 'must be a string')
  const { readSeedPhrase } = await import('../storage/stores/s5-seed-phrase')
  const account = openAccount(readSeedPhrase(seedPhrase))
  try {
    if (connect === 'now') await untilAborted(signal, account.connect())
    return { account }
  } catch (error) {
    await account.close()
    throw error
  }
}
