import { ClosedError } from '../errors/caller-errors'

const REDACTED = '<redacted>'

/** Bytes that print as `<redacted>` in logs, JSON and debuggers, and that can be wiped. */
export class Secret {
  readonly #bytes: Uint8Array
  #wiped = false

  /** Copies the bytes: the caller's array is the caller's to clear. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes.slice()
  }

  /**
   * The bytes themselves, not a copy: do not keep or change them.
   * @throws ClosedError after `wipe`
   */
  reveal(): Uint8Array {
    if (this.#wiped) throw new ClosedError('A wiped secret')
    return this.#bytes
  }

  /** Overwrites the bytes with zeros, for good. */
  wipe(): void {
    this.#bytes.fill(0)
    this.#wiped = true
  }

  toString(): string {
    return REDACTED
  }

  toJSON(): string {
    return REDACTED
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return REDACTED
  }
}
