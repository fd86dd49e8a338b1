import { decodeUint64 } from '../codec/bytes'

/** Bytes from a peer are not what the protocol says. */
export class MalformedMessageError extends Error {
  override readonly name = 'MalformedMessageError'
}

/**
 * Reads a sequence of MessagePack values, as S5 messages are: without an array around them. Lengths are
 * checked against what is there before anything is taken.
 */
export class MessageReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** @throws MalformedMessageError when something is left */
  end(): void {
    if (this.#offset !== this.#bytes.length) throw new MalformedMessageError('there are bytes after the end')
  }

  /** A whole number that is not negative, up to 2^53 - 1. */
  uint(): number {
    const type = this.#byte()
    if (type < 0x80) return type
    if (type === 0xcc) return this.#byte()
    if (type === 0xcd) return this.#view.getUint16(this.#skip(2))
    if (type === 0xce) return this.#view.getUint32(this.#skip(4))
    if (type === 0xcf) return this.#uint64()
    throw new MalformedMessageError('a whole number is missing')
  }

  boolean(): boolean {
    const type = this.#byte()
    if (type !== 0xc2 && type !== 0xc3) throw new MalformedMessageError('a boolean is missing')
    return type === 0xc3
  }

  /** A binary value of at least `min` and at most `max` bytes; a view of the message. */
  binary(min: number, max: number): Uint8Array {
    const type = this.#byte()
    if (type === 0xc4) return this.#take(this.#byte(), min, max)
    if (type === 0xc5) return this.#take(this.#view.getUint16(this.#skip(2)), min, max)
    throw new MalformedMessageError('a binary value is missing')
  }

  /** A text of at most `max` UTF-8 bytes. */
  text(max: number): string {
    const type = this.#byte()
    if (type >= 0xa0 && type <= 0xbf) return decodeText(this.#take(type - 0xa0, 0, max))
    if (type === 0xd9) return decodeText(this.#take(this.#byte(), 0, max))
    if (type === 0xda) return decodeText(this.#take(this.#view.getUint16(this.#skip(2)), 0, max))
    throw new MalformedMessageError('a text is missing')
  }

  /** The length of an array whose elements follow. */
  arrayLength(max: number): number {
    const type = this.#byte()
    const length = type >= 0x90 && type <= 0x9f ? type - 0x90 : Number.NaN
    if (!(length <= max)) throw new MalformedMessageError('a short array is missing')
    return length
  }

  #uint64(): number {
    const at = this.#skip(8)
    const value = decodeUint64(this.#bytes.slice(at, at + 8).reverse(), 0)
    if (!Number.isSafeInteger(value)) throw new MalformedMessageError('a number is too large')
    return value
  }

  #byte(): number {
    return this.#view.getUint8(this.#skip(1))
  }

  #take(length: number, min: number, max: number): Uint8Array {
    if (length < min || length > max) throw new MalformedMessageError('a value has a wrong length')
    const start = this.#skip(length)
    return this.#bytes.subarray(start, start + length)
  }

  /** @returns where the skipped bytes begin. */
  #skip(length: number): number {
    const start = this.#offset
    if (start + length > this.#bytes.length) throw new MalformedMessageError('the message is cut short')
    this.#offset += length
    return start
  }
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new MalformedMessageError('a text is not UTF-8', { cause })
  }
}
