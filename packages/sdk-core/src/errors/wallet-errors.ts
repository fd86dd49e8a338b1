import { SDKError } from './sdk-error'

const LOOK_AT_WALLET = 'Your wallet did not sign. Please look at your wallet and try again.'
const USE_PHRASE = 'This wallet cannot open your conversations. Please use a recovery phrase instead.'

/** The user declined to sign. Nothing was derived or written. */
export class SignatureRejectedError extends SDKError {
  override readonly name = 'SignatureRejectedError'

  constructor(cause: unknown) {
    super('SIGNATURE_REJECTED', 'the signature was declined in the wallet', {
      userMessage: 'You declined to sign. Without your signature your conversations stay locked.',
      cause,
    })
  }
}

/** The wallet gave no answer in time, or failed in a way that is not a refusal. Asking again may help. */
export class SignerFailedError extends SDKError {
  override readonly name = 'SignerFailedError'

  constructor(message: string, cause?: unknown) {
    super('NOT_AUTHENTICATED', message, { userMessage: LOOK_AT_WALLET, retryable: true, cause })
  }
}

/**
 * The wallet signs the same text differently each time, or other than it once did on this device: its
 * signature is no key. The way out is a recovery phrase.
 */
export class SignerNotDeterministicError extends SDKError {
  override readonly name = 'SignerNotDeterministicError'

  constructor(problem: string) {
    super('SIGNER_NOT_DETERMINISTIC', `${problem}: sign in with a recovery phrase`, {
      userMessage: USE_PHRASE,
    })
  }
}

/** The signature is not made by the account's own key, as with contract wallets. The way out is a recovery phrase. */
export class UnsupportedWalletError extends SDKError {
  override readonly name = 'UnsupportedWalletError'

  constructor() {
    super(
      'UNSUPPORTED',
      'the signature does not recover to the account, as that of a contract wallet: sign in with a recovery phrase',
      { userMessage: USE_PHRASE },
    )
  }
}

/** Another account was chosen in the wallet while it was asked to sign. */
export class AccountChangedError extends SDKError {
  override readonly name = 'AccountChangedError'

  constructor() {
    super('SESSION_STATE', 'the account of the wallet changed during sign-in', {
      userMessage: 'The account in your wallet changed. Please sign in again.',
      retryable: true,
    })
  }
}

/**
 * The portals know no conversations of this wallet, with authority, and nobody has said that it is new.
 * Either it is (`confirmNewIdentity`), or the account or the portals are not those of last time.
 */
export class NewIdentityError extends SDKError {
  override readonly name = 'NewIdentityError'
  readonly address: string

  constructor(address: string) {
    super(
      'NOT_AUTHENTICATED',
      `the portals know no conversations of ${address}: check the account and the portals, or say that it is new with confirmNewIdentity`,
      { userMessage: 'No conversations were found for this account. Is it the one you used before?' },
    )
    this.address = address
  }
}

/** The passphrase does not open the recovery phrase that is kept. */
export class WrongPassphraseError extends SDKError {
  override readonly name = 'WrongPassphraseError'

  constructor() {
    super('DECRYPTION_FAILED', 'the passphrase does not open the recovery phrase', {
      userMessage: 'The passphrase is wrong.',
    })
  }
}

/** Signing in or out is not possible in this state. */
export class AuthStateError extends SDKError {
  override readonly name = 'AuthStateError'

  constructor(problem: string) {
    super('SESSION_STATE', problem, { userMessage: 'Please sign out first, then try again.' })
  }
}
