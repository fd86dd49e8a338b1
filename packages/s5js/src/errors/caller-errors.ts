import { S5Error } from './s5-error'

/** An argument that no portal was asked about, because it cannot be right. */
export class InvalidInputError extends S5Error {
  override readonly name = 'InvalidInputError'

  constructor(message: string) {
    super('INVALID_INPUT', message)
  }
}

/** Part of the upstream API that this client does not have. */
export class UnsupportedError extends S5Error {
  override readonly name = 'UnsupportedError'

  constructor(feature: string) {
    super('UNSUPPORTED', `${feature} is not supported by this client`)
  }
}

/** The client was closed, or a secret was wiped, before this use of it. */
export class ClosedError extends S5Error {
  override readonly name = 'ClosedError'

  constructor(what: string) {
    super('CLOSED', `${what} can no longer be used`)
  }
}

/** There is no identity, or no portal account, to act with. */
export class NotAuthenticatedError extends S5Error {
  override readonly name = 'NotAuthenticatedError'

  constructor(message: string) {
    super('NOT_AUTHENTICATED', message)
  }
}

/** The client knows no portal that it could ask. */
export class NoPortalsError extends S5Error {
  override readonly name = 'NoPortalsError'

  constructor() {
    super('NO_PORTALS', 'No portals available')
  }
}

/** The identity has an account on this portal already. */
export class AccountExistsError extends S5Error {
  override readonly name = 'AccountExistsError'

  constructor() {
    super('ACCOUNT_EXISTS', 'User already has an account on this service!')
  }
}

/** What is wrong with a seed phrase. */
export type SeedPhraseFault = 'word-count' | 'unknown-word' | 'word-range' | 'checksum'

/** A seed phrase that was mistyped. The message and fields hold none of its words. */
export class InvalidSeedPhraseError extends S5Error {
  override readonly name = 'InvalidSeedPhraseError'
  readonly fault: SeedPhraseFault
  /** The word at fault, counted from 1; undefined when the phrase as a whole is at fault. */
  readonly position: number | undefined

  constructor(fault: SeedPhraseFault, message: string, position?: number) {
    super('INVALID_SEED_PHRASE', message)
    this.fault = fault
    this.position = position
  }
}
