import { S5Error } from './s5-error'

/** A store that keeps identity and tokens between runs could not be read or written. */
export class StoreFailedError extends S5Error {
  override readonly name = 'StoreFailedError'

  constructor(action: 'read' | 'write', cause: unknown) {
    super('STORE_FAILED', `The store could not be ${action === 'read' ? 'read' : 'written'}`, { cause })
  }
}
