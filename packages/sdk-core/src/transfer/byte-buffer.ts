const FIRST_CAPACITY = 4096
const KEPT_CAPACITY = 1024 * 1024

/** Bytes as they come in, up to a limit: what goes beyond it is not kept. */
export class ByteBuffer {
  readonly #maxBytes: number
  #bytes = new Uint8Array(FIRST_CAPACITY)
  #length = 0
  #isOverfull = false

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get isEmpty(): boolean {
    return this.#length === 0
  }

  get isOverfull(): boolean {
    return this.#isOverfull
  }

  push(byte: number): void {
    if (this.#length === this.#maxBytes) this.#isOverfull = true
    else {
      if (this.#length === this.#bytes.length) this.#grow()
      this.#bytes[this.#length++] = byte
    }
  }

  /** The last `count` bytes, one character each. */
  tail(count: number): string {
    return String.fromCharCode(...this.#bytes.subarray(Math.max(0, this.#length - count), this.#length))
  }

  /** All bytes as text; `undefined` where they are not UTF-8. */
  text(): string | undefined {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(this.#bytes.subarray(0, this.#length))
    } catch {
      return undefined
    }
  }

  clear(): void {
    this.#length = 0
    this.#isOverfull = false
    if (this.#bytes.length > KEPT_CAPACITY) this.#bytes = new Uint8Array(FIRST_CAPACITY)
  }

  #grow(): void {
    const larger = new Uint8Array(this.#bytes.length * 2)
    larger.set(this.#bytes)
    this.#bytes = larger
  }
}
