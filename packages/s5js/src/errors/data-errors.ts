import type { RegistryEntry } from '../registry/entry'
import { S5Error, type S5ErrorOptions } from './s5-error'

/** Bytes that do not match their hash, signature, size or format. Nothing may be built on them. */
export class CorruptDataError extends S5Error {
  override readonly name = 'CorruptDataError'

  constructor(message: string, options: Pick<S5ErrorOptions, 'cause'> = {}) {
    super('CORRUPT', message, options)
  }
}

/** Every portal that was asked says that it does not hold this blob. */
export class BlobNotFoundError extends S5Error {
  override readonly name = 'BlobNotFoundError'

  constructor(reason: string, hashText: string) {
    super('ABSENT', `Blob not found: ${reason} (hash: ${hashText.slice(0, 16)}...)`)
  }
}

/** The portal refused an entry because its revision is too low. */
export class RegistryConflictError extends S5Error {
  override readonly name = 'RegistryConflictError'
  /** The stored entry, of the same public key and with a valid signature; undefined if there is none. */
  readonly current: RegistryEntry | undefined

  constructor(current: RegistryEntry | undefined) {
    super('REVISION_CONFLICT', `Revision number too low: revision ${current?.revision ?? 'none'} is stored`)
    this.current = current
  }
}
